import SwiftletGraph

/// An estimate of each channel's mean and variance over images and pixels.
///
/// Channels are taken as independent and normally distributed. For weights of mean 0 the variance
/// so found is right on average, whatever the true correlation: E[wᵀΣw] = σ² · trace Σ.
struct ChannelMoments {
  var mean: [Double]
  var variance: [Double]

  /// How alike neighbouring pixels are: the correlation between any two taps of a kernel.
  private static let tapCorrelation = 0.6

  /// How much of a channel's variance is left when each image is averaged over its pixels.
  private static let pooledShare = 0.1

  /// After a convolution or linear layer with weights `[out][in / groups][area]`, without bias.
  func convolved(_ weights: [Float], _ shape: [Int]) -> ChannelMoments {
    let outputs = shape[0]
    let fanIn = shape[1]
    let area = shape.dropFirst(2).reduce(1, *)
    let outputsPerGroup = outputs * fanIn / mean.count
    let rho = ChannelMoments.tapCorrelation
    var result = ChannelMoments(mean: [], variance: [])
    weights.withUnsafeBufferPointer { weights in
      var position = 0
      for output in 0..<outputs {
        let first = output / outputsPerGroup * fanIn
        var center = 0.0
        var spread = 0.0
        for channel in first..<first + fanIn {
          var sum = 0.0
          var squares = 0.0
          for _ in 0..<area {
            let weight = Double(weights[position])
            sum += weight
            squares += weight * weight
            position += 1
          }
          center += mean[channel] * sum
          spread += variance[channel] * (rho * sum * sum + (1 - rho) * squares)
        }
        result.mean.append(center)
        result.variance.append(spread)
      }
    }
    return result
  }

  /// Sixteen equally likely values of a standard normal variable, scaled to variance 1.
  private static let quantiles = [
    -1.938_159, -1.371_381, -1.050_887, -0.807_861, -0.602_583, -0.418_538, -0.246_807, -0.081_588,
    0.081_588, 0.246_807, 0.418_538, 0.602_583, 0.807_861, 1.050_887, 1.371_381, 1.938_159,
  ]

  /// After an elementwise activation, by averaging over the quantiles.
  func after(_ function: Activation) -> ChannelMoments {
    var result = self
    for channel in mean.indices {
      let deviation = variance[channel].squareRoot()
      var sum = 0.0
      var squares = 0.0
      for quantile in ChannelMoments.quantiles {
        let y = approximation(function, mean[channel] + deviation * quantile)
        sum += y
        squares += y * y
      }
      let average = sum / 16
      result.mean[channel] = average
      result.variance[channel] = max(squares / 16 - average * average, 0)
    }
    return result
  }

  /// The activation, with the piecewise-linear sigmoid in place of the exponential one, whose last
  /// bits depend on the system's library.
  private func approximation(_ function: Activation, _ x: Double) -> Double {
    switch function {
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .hardSigmoid, .sigmoid: min(max(x + 3, 0), 6) / 6
    case .hardSwish, .silu: x * min(max(x + 3, 0), 6) / 6
    // No built-in architecture has them.
    case .clip, .leakyRelu, .elu, .hardGate, .tanh, .softplus, .mish, .gelu, .geluTanh, .erf:
      function.exact(x)
    }
  }

  /// After an addition.
  func plus(_ other: ChannelMoments) -> ChannelMoments {
    ChannelMoments(
      mean: zip(mean, other.mean).map { $0 + $1 },
      variance: zip(variance, other.variance).map { $0 + $1 })
  }

  /// After the multiplication by a gate per channel, whose own variance is left out.
  func times(_ gate: ChannelMoments) -> ChannelMoments {
    ChannelMoments(
      mean: zip(mean, gate.mean).map { $0 * $1 },
      variance: zip(variance, gate.mean).map { $0 * $1 * $1 })
  }

  /// Of some channels.
  func channels(_ first: Int, _ count: Int) -> ChannelMoments {
    let range = first..<first + count
    return ChannelMoments(mean: Array(mean[range]), variance: Array(variance[range]))
  }

  /// Of the channels of several values, one after the other.
  static func joined(_ parts: [ChannelMoments]) -> ChannelMoments {
    ChannelMoments(mean: parts.flatMap(\.mean), variance: parts.flatMap(\.variance))
  }

  /// After channels are dealt from groups in turn.
  func shuffled(_ groups: Int) -> ChannelMoments {
    let length = mean.count / groups
    let order = mean.indices.map { $0 % groups * length + $0 / groups }
    return ChannelMoments(mean: order.map { mean[$0] }, variance: order.map { variance[$0] })
  }

  /// Of the pixels of all channels, one channel after the other, `count` in all.
  func flattened(_ count: Int) -> ChannelMoments {
    let area = count / mean.count
    return ChannelMoments(
      mean: (0..<count).map { mean[$0 / area] }, variance: (0..<count).map { variance[$0 / area] })
  }

  /// After the mean over all pixels of an image.
  func pooled() -> ChannelMoments {
    ChannelMoments(mean: mean, variance: variance.map { $0 * ChannelMoments.pooledShare })
  }
}
