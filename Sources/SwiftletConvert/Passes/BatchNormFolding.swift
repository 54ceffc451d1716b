import SwiftletGraph

/// Folding of batch normalisation into the linear layer before it (Jacob et al., 2018, section 3.2).
enum BatchNormFolding {
  /// y = x · scale + shift per channel, the inference form of a batch-norm.
  struct Affine {
    var scale: [Double]
    var shift: [Double]
  }

  /// The affine form. A channel whose variance is zero (its input is constant) with epsilon zero
  /// cannot be normalised; it becomes its beta.
  ///
  /// - Throws: `ConvertError.notFinite` for NaN, infinity or a variance below −epsilon.
  static func affine(_ norm: BatchNorm, layer: String) throws(ConvertError) -> Affine {
    var result = Affine(scale: [], shift: [])
    for channel in norm.gamma.indices {
      let spread = Double(norm.variance[channel]) + Double(norm.epsilon)
      let gamma = Double(norm.gamma[channel])
      let beta = Double(norm.beta[channel])
      let mean = Double(norm.mean[channel])
      guard spread >= 0, spread.isFinite, gamma.isFinite, beta.isFinite, mean.isFinite else {
        throw .notFinite(layer: layer, what: "batch-norm statistics")
      }
      let scale = spread > 1e-30 ? gamma / spread.squareRoot() : 0
      result.scale.append(scale)
      result.shift.append(beta - mean * scale)
    }
    return result
  }

  /// `conv` followed by `norm` as one convolution.
  static func fold(
    _ norm: BatchNorm, into conv: Conv2D, layer: String
  ) throws(ConvertError) -> Conv2D {
    let affine = try affine(norm, layer: layer)
    var folded = conv
    fold(affine, weights: &folded.weights, bias: &folded.bias)
    return folded
  }

  /// `linear` followed by `norm` as one fully connected layer.
  static func fold(
    _ norm: BatchNorm, into linear: FullyConnected, layer: String
  ) throws(ConvertError) -> FullyConnected {
    let affine = try affine(norm, layer: layer)
    var folded = linear
    fold(affine, weights: &folded.weights, bias: &folded.bias)
    return folded
  }

  /// A batch-norm with no linear layer before it, as a 1×1 depthwise convolution.
  static func standalone(_ norm: BatchNorm, layer: String) throws(ConvertError) -> Conv2D {
    let affine = try affine(norm, layer: layer)
    let channels = norm.gamma.count
    return Conv2D(
      inputChannels: channels, outputChannels: channels, groups: channels,
      window: Window(kernel: 1), weights: affine.scale.map(Float.init),
      bias: affine.shift.map(Float.init))
  }

  private static func fold(_ affine: Affine, weights: inout [Float], bias: inout [Float]) {
    let perChannel = weights.count / bias.count
    for channel in bias.indices {
      let scale = affine.scale[channel]
      for index in channel * perChannel..<(channel + 1) * perChannel {
        weights[index] = Float(Double(weights[index]) * scale)
      }
      bias[channel] = Float(Double(bias[channel]) * scale + affine.shift[channel])
    }
  }
}
