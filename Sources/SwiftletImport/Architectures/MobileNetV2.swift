import SwiftletGraph

/// MobileNetV2 (Sandler et al., 2018) with torchvision's module names.
func mobileNetV2(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  let width = network.variant.width
  let stages: [(expansion: Int, outputs: Int, count: Int, stride: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]
  var x = try network.block(
    network.input, "features.0", outputs: roundedChannels(32 * width), kernel: 3,
    stride: network.variant.firstStride, activation: network.variant.activation)
  var index = 1
  for (number, stage) in stages.enumerated() {
    let outputs = roundedChannels(Double(stage.outputs) * width)
    for repetition in 0..<stage.count {
      x = try network.invertedResidual(
        x, "features.\(index)", outputs: outputs, stride: repetition == 0 ? stage.stride : 1,
        expansion: stage.expansion,
        mayAdd: network.variant.residuals.allow(stage: number, repetition: repetition))
      index += 1
    }
  }
  x = try network.block(
    x, "features.\(index)", outputs: roundedChannels(1280 * max(1, width)),
    activation: network.variant.activation)
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "classifier.1")
}

extension ArchitectureBuilder {
  /// Expansion, depthwise 3×3 and linear projection, with a residual where shapes allow it.
  fileprivate mutating func invertedResidual(
    _ x: Value, _ prefix: String, outputs: Int, stride: Int, expansion: Int, mayAdd: Bool
  ) throws(NetworkProblem) -> Value {
    let hidden = x.channels * expansion
    var y = x
    var part = 0
    if expansion != 1 {
      y = try block(y, "\(prefix).conv.0", outputs: hidden, activation: variant.activation)
      part = 1
    }
    y = try block(
      y, "\(prefix).conv.\(part)", outputs: hidden, kernel: 3, stride: stride, groups: hidden,
      activation: variant.activation)
    y = try normalizedConvolution(
      y, ("\(prefix).conv.\(part + 1)", "\(prefix).conv.\(part + 2)"), outputs: outputs)
    return mayAdd && stride == 1 && x.channels == outputs ? try add(x, y, "\(prefix).add") : y
  }
}
