import SwiftletGraph

/// What networks of several branches have beside convolutions.
extension ArchitectureBuilder {
  /// Appends the means of windows, padded as convolutions are; padding counts as zeros.
  mutating func averagePool(
    _ x: Value, _ name: String, kernel: Int, stride: Int
  ) throws(NetworkProblem) -> Value {
    let window = window(x, kernel: kernel, stride: stride)
    return try append(
      .averagePool(AveragePool(window: window, countsPadding: true)), name, [x],
      channels: x.channels)
  }

  /// Appends the mean over all pixels, as an image of one pixel.
  mutating func pooledImage(_ x: Value, _ name: String) throws(NetworkProblem) -> Value {
    try append(
      .globalAveragePool(GlobalAveragePool(keepsDimensions: true)), name, [x],
      channels: x.channels)
  }

  /// Appends some of an image's channels.
  mutating func channels(
    _ x: Value, _ name: String, from first: Int, count: Int
  ) throws(NetworkProblem) -> Value {
    var sizes = shape(of: x).dimensions
    sizes[1] = count
    return try append(
      .slice(Slice(starts: [0, first, 0, 0], sizes: sizes)), name, [x], channels: count)
  }

  /// Appends images of one size as the channels of one.
  mutating func concat(_ parts: [Value], _ name: String) throws(NetworkProblem) -> Value {
    try append(
      .concat(Concat(axis: 1)), name, parts, channels: parts.reduce(0) { $0 + $1.channels })
  }

  /// Appends a shuffle of channels.
  mutating func channelShuffle(
    _ x: Value, _ name: String, groups: Int
  ) throws(NetworkProblem) -> Value {
    try append(
      .channelShuffle(ChannelShuffle(groups: groups)), name, [x], channels: x.channels)
  }
}
