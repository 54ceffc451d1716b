import SwiftletGraph

/// By what the blocks' channels and the stages' lengths of EfficientNet-B0 are multiplied.
struct EfficientNetSize {
  let width: Double
  let depth: Double

  /// Blocks of a stage that has so many in B0.
  func count(_ count: Int) -> Int { Int((Double(count) * depth).rounded(.up)) }
}

/// A stage of EfficientNet-B0.
struct EfficientNetStage {
  let expansion: Int
  let kernel: Int
  let stride: Int
  let outputs: Int
  let count: Int

  static let all = [
    EfficientNetStage(expansion: 1, kernel: 3, stride: 1, outputs: 16, count: 1),
    EfficientNetStage(expansion: 6, kernel: 3, stride: 2, outputs: 24, count: 2),
    EfficientNetStage(expansion: 6, kernel: 5, stride: 2, outputs: 40, count: 2),
    EfficientNetStage(expansion: 6, kernel: 3, stride: 2, outputs: 80, count: 3),
    EfficientNetStage(expansion: 6, kernel: 5, stride: 1, outputs: 112, count: 3),
    EfficientNetStage(expansion: 6, kernel: 5, stride: 2, outputs: 192, count: 4),
    EfficientNetStage(expansion: 6, kernel: 3, stride: 1, outputs: 320, count: 1),
  ]
}

/// EfficientNet (Tan and Le, 2019) with torchvision's module names.
func efficientNet(
  _ network: inout ArchitectureBuilder, _ size: EfficientNetSize
) throws(NetworkProblem) {
  let width = network.variant.width * size.width
  let stages = EfficientNetStage.all
  var x = try network.block(
    network.input, "features.0", outputs: roundedChannels(32 * width), kernel: 3,
    stride: network.variant.firstStride, activation: network.variant.activation)
  for (index, stage) in stages.enumerated() {
    let outputs = roundedChannels(Double(stage.outputs) * width)
    for repetition in 0..<size.count(stage.count) {
      x = try network.mobileBlock(
        x, "features.\(index + 1).\(repetition)", outputs: outputs, kernel: stage.kernel,
        stride: repetition == 0 ? stage.stride : 1, expansion: stage.expansion,
        mayAdd: network.variant.residuals.allow(stage: index, repetition: repetition))
    }
  }
  x = try network.block(
    x, "features.\(stages.count + 1)", outputs: 4 * x.channels,
    activation: network.variant.activation)
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "classifier.1")
}

extension ArchitectureBuilder {
  /// Expansion, depthwise, squeeze-and-excitation (a quarter of the block's input), projection.
  mutating func mobileBlock(
    _ x: Value, _ prefix: String, outputs: Int, kernel: Int, stride: Int, expansion: Int,
    mayAdd: Bool
  ) throws(NetworkProblem) -> Value {
    let expanded = roundedChannels(Double(x.channels * expansion))
    var y = x
    var part = 0
    if expanded != x.channels {
      y = try block(y, "\(prefix).block.0", outputs: expanded, activation: variant.activation)
      part = 1
    }
    y = try block(
      y, "\(prefix).block.\(part)", outputs: expanded, kernel: kernel, stride: stride,
      groups: expanded, activation: variant.activation)
    y = try squeezeExcitation(
      y, "\(prefix).block.\(part + 1)", squeezed: max(1, x.channels / 4),
      inner: variant.activation, gate: .sigmoid)
    y = try block(y, "\(prefix).block.\(part + 2)", outputs: outputs, activation: nil)
    return mayAdd && stride == 1 && x.channels == outputs ? try add(y, x, "\(prefix).add") : y
  }
}
