import SwiftletGraph
import SwiftletPlatform

/// Random weights whose activations stay in range through any depth, the same on every machine.
///
/// Weights are near-normal with He's variance 2 / fan-in. Batch-norm statistics are not measured but
/// computed: each channel's mean and variance are carried from layer to layer (see
/// `ChannelMoments`), by nothing but integer steps, + − · ÷ and √, whose results IEEE 754 fixes.
enum RandomWeights {
  /// A tensor for every constant of a built-in network's graph, in PyTorch's order.
  static func tensors(_ graph: Graph, seed: UInt64) -> [WeightTensor] {
    var builder = RandomNetworkBuilder(seed: seed)
    var moments: [ValueID: ChannelMoments] = [:]
    for port in graph.inputs {
      let channels = graph.shape(of: port.value)[1]
      moments[port.value] = ChannelMoments(
        mean: [Double](repeating: 0, count: channels),
        variance: [Double](repeating: 1, count: channels))
    }
    let layers = Dictionary(uniqueKeysWithValues: graph.weightLayers.map { ($0.node, $0) })
    for (index, node) in graph.nodes.enumerated() {
      let inputs = graph.activations(of: node).compactMap { moments[$0] }
      if let layer = layers[index] {
        moments[node.output] =
          layer.norm == nil
          ? builder.biased(layer, inputs[0], isLast: index == graph.nodes.count - 1)
          : builder.unbiased(layer, inputs[0])
      } else if case .batchNorm = node.operation {
        moments[node.output] = builder.batchNorm(
          node.inputs.compactMap { graph.constant($0)?.name }, inputs[0],
          deviation: deviation(before: graph, index + 1))
      } else {
        let count = graph.shape(of: node.output)[1]
        moments[node.output] = self.moments(after: node.operation, inputs, channels: count)
      }
    }
    return builder.tensors
  }

  /// What becomes of moments in an operation without weights.
  ///
  /// The operations of built-in networks alone are known here, so that a new one concerns this file
  /// only when such a network has it.
  private static func moments(
    after operation: Operation, _ inputs: [ChannelMoments], channels: Int
  ) -> ChannelMoments {
    if case .activation(let function) = operation { return inputs[0].after(function) }
    if case .add = operation { return inputs[0].plus(inputs[1]) }
    if case .multiply = operation { return inputs[0].times(inputs[1]) }
    if case .globalAveragePool = operation { return inputs[0].pooled() }
    if case .maxPool = operation { return inputs[0] }
    if case .averagePool = operation { return inputs[0] }
    if case .slice(let slice) = operation { return inputs[0].channels(slice.starts[1], channels) }
    if case .concat = operation { return .joined(inputs) }
    if case .channelShuffle(let shuffle) = operation { return inputs[0].shuffled(shuffle.groups) }
    if case .flatten = operation { return inputs[0].flattened(channels) }
    preconditionFailure("no built-in network has the operation \(operation.name)")
  }

  /// The standard deviation a batch normalisation gives its outputs: 1, and 2.5 before h-swish and
  /// SiLU. Those are nearly linear for small inputs and nearly ReLU for large ones; between the two
  /// an error of the estimate would grow from layer to layer, and trained networks lie above too.
  private static func deviation(before graph: Graph, _ next: Int) -> Double {
    guard graph.nodes.indices.contains(next),
      case .activation(let function) = graph.nodes[next].operation
    else { return 1 }
    switch function {
    case .hardSwish, .silu: return 2.5
    case .relu, .relu6, .hardSigmoid, .sigmoid, .clip, .leakyRelu, .elu, .hardGate, .tanh,
      .softplus, .mish, .gelu, .geluTanh, .erf:
      return 1
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
  mutating func unbiased(_ layer: WeightLayer, _ input: ChannelMoments) -> ChannelMoments {
    let fanIn = layer.weight.shape.dropFirst().reduce(1, *)
    let weights = draw(layer.weight, (2 / Double(fanIn)).squareRoot())
    return input.convolved(weights, layer.weight.shape)
  }

  /// A layer with a bias that centres its outputs, if it has one; their variance is at most 1, or 4 for logits.
  mutating func biased(
    _ layer: WeightLayer, _ input: ChannelMoments, isLast: Bool
  ) -> ChannelMoments {
    let power = zip(input.mean, input.variance).reduce(1e-6) { $0 + $1.0 * $1.0 + $1.1 }
    let deviation = ((isLast ? 4 : 1) / power).squareRoot()
    let weights = draw(layer.weight, deviation)
    var output = input.convolved(weights, layer.weight.shape)
    guard layer.bias != nil else { return output }
    let shifts = output.mean.map { Float(generator.uniform() + (isLast ? 0 : 0.5) - $0) }
    tensors.append(
      WeightTensor(name: layer.biasName, shape: [layer.outputs], values: shifts))
    for channel in 0..<layer.outputs { output.mean[channel] += Double(shifts[channel]) }
    return output
  }

  /// A batch normalisation with the statistics of its input, a gamma around `deviation` and
  /// a small beta. `names` are those of gamma, beta, mean and variance.
  mutating func batchNorm(
    _ names: [String], _ input: ChannelMoments, deviation: Double
  ) -> ChannelMoments {
    let count = input.mean.count
    let gamma = (0..<count).map { _ in Float(deviation * (1 + 0.25 * generator.uniform())) }
    let beta = (0..<count).map { _ in Float(0.25 * deviation * generator.uniform()) }
    let variance = input.variance.map { Float($0 + 1e-4) }
    for (name, values) in zip(names, [gamma, beta, input.mean.map { Float($0) }, variance]) {
      tensors.append(WeightTensor(name: name, shape: [count], values: values))
    }
    return ChannelMoments(
      mean: beta.map(Double.init), variance: gamma.map { Double($0) * Double($0) })
  }

  private mutating func draw(_ weight: WeightLayer.Parameter, _ deviation: Double) -> [Float] {
    let count = weight.shape.reduce(1, *)
    let values = (0..<count).map { _ in Float(deviation * generator.normal()) }
    tensors.append(WeightTensor(name: weight.name, shape: weight.shape, values: values))
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
