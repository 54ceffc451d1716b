import SwiftletGraph
import SwiftletPlatform

/// Random weights whose activations stay in range through any depth, the same on every machine.
///
/// Weights are near-normal with He's variance 2 / fan-in. Batch-norm statistics are not measured but
/// computed: each channel's mean and variance are carried from layer to layer (see
/// `ChannelMoments`), by nothing but integer steps, + − · ÷ and √, whose results IEEE 754 fixes.
enum RandomWeights {
  /// All tensors of a plan, in PyTorch's naming and order.
  static func tensors(_ plan: NetworkPlan, seed: UInt64) -> [WeightTensor] {
    var builder = RandomNetworkBuilder(seed: seed)
    var moments = [
      ChannelMoments(
        mean: [Double](repeating: 0, count: plan.input.channels),
        variance: [Double](repeating: 1, count: plan.input.channels))
    ]
    var layers = plan.layers[...]
    for (index, step) in plan.steps.enumerated() {
      let inputs = step.inputs.map { moments[$0] }
      switch step.operation {
      case .convolution, .linear:
        let layer = layers.removeFirst()
        moments.append(
          layer.norm == nil
            ? builder.biased(layer, inputs[0], isLast: index == plan.steps.count - 1)
            : builder.unbiased(layer, inputs[0]))
      case .batchNorm:
        moments.append(
          builder.batchNorm(step.name, inputs[0], deviation: deviation(before: plan, index + 1)))
      case .activation(let function):
        moments.append(inputs[0].after(function))
      case .add:
        moments.append(inputs[0].plus(inputs[1]))
      case .multiply:
        moments.append(inputs[0].times(inputs[1]))
      case .globalAveragePool:
        moments.append(inputs[0].pooled())
      case .maxPool:
        moments.append(inputs[0])
      }
    }
    return builder.tensors
  }

  /// The standard deviation a batch normalisation gives its outputs: 1, and 2.5 before h-swish and
  /// SiLU. Those are nearly linear for small inputs and nearly ReLU for large ones; between the two
  /// an error of the estimate would grow from layer to layer, and trained networks lie above too.
  private static func deviation(before plan: NetworkPlan, _ next: Int) -> Double {
    guard plan.steps.indices.contains(next),
      case .activation(let function) = plan.steps[next].operation
    else { return 1 }
    switch function {
    case .hardSwish, .silu: return 2.5
    case .relu, .relu6, .hardSigmoid, .sigmoid: return 1
    }
  }
}

/// Draws one layer after the other.
private struct RandomNetworkBuilder {
  private(set) var tensors: [WeightTensor] = []
  private var generator: WeightGenerator

  init(seed: UInt64) {
    generator = WeightGenerator(seed: seed)
  }

  /// A convolution before a batch normalisation.
  mutating func unbiased(_ layer: NetworkPlan.Layer, _ input: ChannelMoments) -> ChannelMoments {
    let fanIn = layer.weightShape.dropFirst().reduce(1, *)
    let weights = draw("\(layer.name).weight", layer.weightShape, (2 / Double(fanIn)).squareRoot())
    return input.convolved(weights, layer.weightShape)
  }

  /// A layer with a bias that centres its outputs; their variance is at most 1, or 4 for logits.
  mutating func biased(
    _ layer: NetworkPlan.Layer, _ input: ChannelMoments, isLast: Bool
  ) -> ChannelMoments {
    let power = zip(input.mean, input.variance).reduce(1e-6) { $0 + $1.0 * $1.0 + $1.1 }
    let deviation = ((isLast ? 4 : 1) / power).squareRoot()
    let weights = draw("\(layer.name).weight", layer.weightShape, deviation)
    var output = input.convolved(weights, layer.weightShape)
    let shifts = output.mean.map { Float(generator.uniform() + (isLast ? 0 : 0.5) - $0) }
    tensors.append(
      WeightTensor(name: "\(layer.name).bias", shape: [layer.outputs], values: shifts))
    for channel in 0..<layer.outputs { output.mean[channel] += Double(shifts[channel]) }
    return output
  }

  /// A batch normalisation with the statistics of its input, a gamma around `deviation` and
  /// a small beta.
  mutating func batchNorm(
    _ name: String, _ input: ChannelMoments, deviation: Double
  ) -> ChannelMoments {
    let count = input.mean.count
    let gamma = (0..<count).map { _ in Float(deviation * (1 + 0.25 * generator.uniform())) }
    let beta = (0..<count).map { _ in Float(0.25 * deviation * generator.uniform()) }
    let variance = input.variance.map { Float($0 + 1e-4) }
    let vectors = [
      ("weight", gamma), ("bias", beta), ("running_mean", input.mean.map { Float($0) }),
      ("running_var", variance),
    ]
    for (role, values) in vectors {
      tensors.append(WeightTensor(name: "\(name).\(role)", shape: [count], values: values))
    }
    return ChannelMoments(
      mean: beta.map(Double.init), variance: gamma.map { Double($0) * Double($0) })
  }

  private mutating func draw(_ name: String, _ shape: [Int], _ deviation: Double) -> [Float] {
    let values = (0..<shape.reduce(1, *)).map { _ in Float(deviation * generator.normal()) }
    tensors.append(WeightTensor(name: name, shape: shape, values: values))
    return values
  }
}

/// Two distributions made from the bits of SplitMix64.
private struct WeightGenerator {
  private var bits: SplitMix64

  init(seed: UInt64) {
    bits = SplitMix64(seed: seed)
  }

  /// Uniform in [−1, 1).
  mutating func uniform() -> Double {
    Double(Int64(bits.next() >> 11) - (1 << 52)) / Double(1 << 52)
  }

  /// Near-normal with mean 0 and variance 1: the sum of four uniform 16-bit numbers, whose
  /// variance is (2³² − 1) / 3 and whose mean is 2 · 65535.
  mutating func normal() -> Double {
    let bits = bits.next()
    let sum =
      (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)
    return (Double(sum) - 131_070) / (4_294_967_295.0 / 3).squareRoot()
  }
}
