import SwiftletGraph

/// The channels of the three stages of a ShuffleNetV2 and of the convolution behind them.
struct ShuffleNetV2Size {
  let stages: [Int]
  let last: Int
}

/// ShuffleNetV2 (Ma et al., 2018) with torchvision's module names.
func shuffleNetV2(
  _ network: inout ArchitectureBuilder, _ size: ShuffleNetV2Size
) throws(NetworkProblem) {
  let activation = network.variant.activation
  var x = try network.block(
    network.input, "conv1", outputs: 24, kernel: 3, stride: network.variant.firstStride,
    activation: activation)
  x = try network.maxPool(x, "maxpool", kernel: 3, stride: 2)
  for (stage, outputs) in size.stages.enumerated() {
    for repetition in 0..<[4, 8, 4][stage] {
      let prefix = "stage\(stage + 2).\(repetition)"
      x =
        repetition == 0
        ? try network.halvingUnit(x, prefix, outputs: outputs)
        : try network.basicUnit(x, prefix)
    }
  }
  x = try network.block(x, "conv5", outputs: size.last, activation: activation)
  x = try network.globalAveragePool(x, "mean")
  try network.classifier(x, "fc")
}

extension ArchitectureBuilder {
  /// Half of the channels stay, the others are convolved (figure 3c).
  fileprivate mutating func basicUnit(
    _ x: Value, _ prefix: String
  ) throws(NetworkProblem) -> Value {
    let half = x.channels / 2
    let kept = try channels(x, "\(prefix).kept", from: 0, count: half)
    let changed = try channels(x, "\(prefix).changed", from: half, count: half)
    let y = try mainBranch(changed, prefix, outputs: half, stride: 1)
    return try joined([kept, y], prefix)
  }

  /// All channels are convolved in two branches, each to half of the outputs (figure 3d).
  fileprivate mutating func halvingUnit(
    _ x: Value, _ prefix: String, outputs: Int
  ) throws(NetworkProblem) -> Value {
    let branch = "\(prefix).branch1"
    var side = try normalizedConvolution(
      x, ("\(branch).0", "\(branch).1"), outputs: x.channels, kernel: 3, stride: 2,
      groups: x.channels)
    side = try normalizedConvolution(
      side, ("\(branch).2", "\(branch).3"), outputs: outputs / 2,
      activation: ("\(branch).4", variant.activation))
    let y = try mainBranch(x, prefix, outputs: outputs / 2, stride: 2)
    return try joined([side, y], prefix)
  }

  private mutating func mainBranch(
    _ x: Value, _ prefix: String, outputs: Int, stride: Int
  ) throws(NetworkProblem) -> Value {
    let branch = "\(prefix).branch2"
    var y = try normalizedConvolution(
      x, ("\(branch).0", "\(branch).1"), outputs: outputs,
      activation: ("\(branch).2", variant.activation))
    y = try normalizedConvolution(
      y, ("\(branch).3", "\(branch).4"), outputs: outputs, kernel: 3, stride: stride,
      groups: outputs)
    return try normalizedConvolution(
      y, ("\(branch).5", "\(branch).6"), outputs: outputs,
      activation: ("\(branch).7", variant.activation))
  }

  private mutating func joined(
    _ parts: [Value], _ prefix: String
  ) throws(NetworkProblem) -> Value {
    try channelShuffle(try concat(parts, "\(prefix).concat"), "\(prefix).shuffle", groups: 2)
  }
}
