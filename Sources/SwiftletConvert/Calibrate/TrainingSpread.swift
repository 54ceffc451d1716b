import SwiftletGraph

/// How far values spread over the calibration samples, against the training images.
///
/// A batch normalisation keeps the variance that training saw of each of its channels. Over images
/// like those of training a channel's values vary about as much; over one black image, or a hundred,
/// hardly at all, and ranges that are chosen there cut off what real images need. It depends on the
/// network and not on a notion of what an image is: dark or grey images are right for a network that
/// was trained on them.
struct TrainingSpread {
  /// Samples that are looked at, evenly spread.
  static let sampleCount = 32
  /// Channels that varied less than this in training are dead, and say nothing.
  private static let leastVariance: Float = 1e-6

  private struct Layer {
    let trained: [Float]
    var sums: [Double]
    var squares: [Double]
    /// Values of each channel so far.
    var count = 0.0
  }

  private var layers: [ValueID: Layer] = [:]

  /// - Parameter graph: a network after the passes `Pass.reference`, whose batch normalisations are
  ///   still there.
  init(_ graph: Graph) {
    for node in graph.nodes {
      guard case .batchNorm = node.operation, let value = node.inputs.first,
        let trained = graph.constant(node.inputs[4])?.floats
      else { continue }
      let zeros = [Double](repeating: 0, count: trained.count)
      layers[value] = Layer(trained: trained, sums: zeros, squares: zeros)
    }
  }

  /// Takes in a value of one sample, NHWC.
  mutating func add(_ value: ValueID, _ tensor: FloatTensor) {
    guard let place = layers.index(forKey: value) else { return }
    let image = tensor.shape.image
    let channels = image.channels
    layers.values[place].count += Double(image.area)
    // About the first pixel, so that little is lost to rounding where the mean is large.
    var sums = [Float](repeating: 0, count: channels)
    var squares = sums
    tensor.values.withUnsafeBufferPointer { values in
      for start in stride(from: 0, to: values.count, by: channels) {
        for channel in 0..<channels {
          let offset = values[start + channel] - values[channel]
          sums[channel] += offset
          squares[channel] += offset * offset
        }
      }
    }
    for channel in 0..<channels {
      let first = Double(tensor.values[channel])
      let area = Double(image.area)
      let sum = Double(sums[channel])
      layers.values[place].sums[channel] += sum + area * first
      layers.values[place].squares[channel] +=
        Double(squares[channel]) + 2 * first * sum + area * first * first
    }
  }

  /// The variance over the samples as a share of that in training: the median over the layers of the
  /// median over each layer's channels. Nil for a network without batch normalisations.
  var share: Double? {
    median(layers.values.compactMap { layer in median(shares(layer)) })
  }

  private func shares(_ layer: Layer) -> [Double] {
    guard layer.count > 0 else { return [] }
    return layer.trained.indices.compactMap { channel in
      guard layer.trained[channel] > Self.leastVariance else { return nil }
      let mean = layer.sums[channel] / layer.count
      let variance = layer.squares[channel] / layer.count - mean * mean
      return max(0, variance) / Double(layer.trained[channel])
    }
  }

  private func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }
}
