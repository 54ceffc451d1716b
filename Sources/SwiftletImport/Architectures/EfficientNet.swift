import SwiftletGraph

/// EfficientNet-B0 (Tan and Le, 2019) with torchvision's module names.
func efficientNetB0(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  let width = network.variant.width
  let stages: [(expansion: Int, kernel: Int, stride: Int, outputs: Int, count: Int)] = [
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
  ]
  var x = try network.block(
    network.input, "features.0", outputs: roundedChannels(32 * width), kernel: 3,
    stride: network.variant.firstStride, activation: network.variant.activation)
  for (index, stage) in stages.enumerated() {
    let outputs = roundedChannels(Double(stage.outputs) * width)
    for repetition in 0..<stage.count {
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
  fileprivate mutating func mobileBlock(
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
