import SwiftletGraph

/// The channels of a ShuffleNetV1's first convolution and of its three stages.
struct ShuffleNetV1Size {
  let stem: Int
  let stages: [Int]
}

/// ShuffleNetV1 (Zhang et al., 2017) in three groups, with its authors' module names.
func shuffleNetV1(
  _ network: inout ArchitectureBuilder, _ size: ShuffleNetV1Size
) throws(NetworkProblem) {
  let activation = network.variant.activation
  var x = try network.block(
    network.input, "first_conv", outputs: size.stem, kernel: 3, stride: network.variant.firstStride,
    activation: activation)
  x = try network.maxPool(x, "maxpool", kernel: 3, stride: 2)
  var number = 0
  for (stage, outputs) in size.stages.enumerated() {
    for repetition in 0..<[4, 8, 4][stage] {
      x = try network.groupedUnit(
        x, "features.\(number)", outputs: outputs, halves: repetition == 0, isFirst: number == 0)
      number += 1
    }
  }
  x = try network.globalAveragePool(x, "globalpool")
  try network.classifier(x, "classifier.0", hasBias: false)
}

extension ArchitectureBuilder {
  /// Groups of the 1×1 convolutions.
  private static let groups = 3

  /// Grouped 1×1, shuffle, depthwise and grouped 1×1 convolution beside what is kept or, where the image
  /// is halved, averaged (figure 2b and c). The authors shuffle after the depthwise convolution, which is
  /// the same but for the order of its weights; and deal from as many groups as a group has channels,
  /// which is the shuffle of figure 1 backwards.
  fileprivate mutating func groupedUnit(
    _ x: Value, _ prefix: String, outputs: Int, halves: Bool, isFirst: Bool
  ) throws(NetworkProblem) -> Value {
    let middle = outputs / 4
    let (main, last) = ("\(prefix).branch_main_1", "\(prefix).branch_main_2")
    var y = try normalizedConvolution(
      x, ("\(main).0", "\(main).1"), outputs: middle, groups: isFirst ? 1 : Self.groups,
      activation: ("\(main).2", variant.activation))
    y = try normalizedConvolution(
      y, ("\(main).3", "\(main).4"), outputs: middle, kernel: 3, stride: halves ? 2 : 1,
      groups: middle)
    y = try channelShuffle(y, "\(prefix).shuffle", groups: middle / Self.groups)
    y = try normalizedConvolution(
      y, ("\(last).0", "\(last).1"), outputs: halves ? outputs - x.channels : outputs,
      groups: Self.groups)
    guard halves else {
      return try activation(try add(y, x, "\(prefix).add"), "\(prefix).relu", variant.activation)
    }
    y = try activation(y, "\(prefix).relu", variant.activation)
    let averaged = try averagePool(x, "\(prefix).branch_proj", kernel: 3, stride: 2)
    return try concat([averaged, y], "\(prefix).concat")
  }
}
