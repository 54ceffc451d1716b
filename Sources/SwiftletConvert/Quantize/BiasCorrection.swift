import SwiftletGraph
import SwiftletRuntime

/// Takes the mean error that quantized weights and inputs cause in each output channel out of the
/// bias (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction",
/// 2019, section 4.2; here the means are measured on calibration samples).
struct BiasCorrection {
  private static let sampleCount = 16

  /// Returns `network` with corrected biases in its convolutions and fully connected layers.
  static func apply<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ network: FusedNetwork, quantization: TensorQuantization, samples: Samples,
    executor: FloatExecutor, threads: Int?, progress: (Int, Int) -> Void
  ) throws(ConvertError) -> FusedNetwork {
    var corrected = network
    let linear = network.layers.indices.filter { network.layers[$0].largestWeight > 0 }
    var exact: [LayerEvaluator] = []
    var quantized: [LayerEvaluator] = []
    for index in linear {
      let layer = network.layers[index]
      exact.append(
        try .make(layer, in: network.graph, threads: threads, withActivation: false))
      quantized.append(
        try .make(
          withQuantizedWeights(layer), in: network.graph, threads: threads, withActivation: false))
    }
    var errors = [[Double]](repeating: [], count: linear.count)
    let trials = RangeChooser.spread(samples, count: sampleCount)
    for (done, place) in trials.enumerated() {
      let sample = samples[place]
      let values = SampleValues(network, sample: sample, executor: executor)
      for (position, index) in linear.enumerated() {
        let input = network.layers[index].inputs[0]
        let rounded = values[input].quantized(by: quantization.scales(input))
        let difference = meanDifference(
          exact[position].run([values[input]]), quantized[position].run([rounded]))
        if errors[position].isEmpty {
          errors[position] = difference
        } else {
          for channel in difference.indices { errors[position][channel] += difference[channel] }
        }
      }
      progress(done + 1, trials.count)
    }
    for (position, index) in linear.enumerated() {
      let shift = errors[position].map { Float($0 / Double(trials.count)) }
      corrected.layers[index].addToBias(shift)
    }
    return corrected
  }

  /// The layer with each channel's weights rounded to its 255 levels, as floats.
  private static func withQuantizedWeights(_ layer: FusedLayer) -> FusedLayer {
    var copy = layer
    switch layer.kind {
    case .convolution(var conv):
      round(&conv.weights, channels: conv.outputChannels)
      copy.kind = .convolution(conv)
    case .fullyConnected(var linear):
      round(&linear.weights, channels: linear.outputCount)
      copy.kind = .fullyConnected(linear)
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat, .lookup: break
    }
    return copy
  }

  private static func round(_ weights: inout [Float], channels: Int) {
    let count = weights.count / channels
    for channel in 0..<channels {
      let range = channel * count..<(channel + 1) * count
      let largest = weights[range].reduce(0) { max($0, abs($1)) }
      guard largest > 0 else { continue }
      let scale = largest / 127
      for index in range {
        weights[index] = (weights[index] / scale).rounded(.toNearestOrAwayFromZero) * scale
      }
    }
  }

  /// Per channel, the mean over pixels of a − b.
  private static func meanDifference(_ a: FloatTensor, _ b: FloatTensor) -> [Double] {
    let channels = a.shape.channels
    var sums = [Double](repeating: 0, count: channels)
    var channel = 0
    for (x, y) in zip(a.values, b.values) {
      sums[channel] += Double(x - y)
      channel += 1
      if channel == channels { channel = 0 }
    }
    return sums.map { $0 / Double(a.shape.area) }
  }
}

extension FusedLayer {
  fileprivate mutating func addToBias(_ shift: [Float]) {
    switch kind {
    case .convolution(var conv):
      for channel in shift.indices { conv.bias[channel] += shift[channel] }
      kind = .convolution(conv)
    case .fullyConnected(var linear):
      for channel in shift.indices { linear.bias[channel] += shift[channel] }
      kind = .fullyConnected(linear)
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat, .lookup: break
    }
  }
}
