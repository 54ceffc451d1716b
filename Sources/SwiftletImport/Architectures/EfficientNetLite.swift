import SwiftletGraph

/// EfficientNet-Lite (Liu, "Higher accuracy on vision models with EfficientNet-Lite", 2020): without
/// squeeze-and-excitation, with ReLU6, and with stem, head, first and last stage as they are in B0. Its
/// module names are those of efficientnet-lite-pytorch.
func efficientNetLite(
  _ network: inout ArchitectureBuilder, _ size: EfficientNetSize
) throws(NetworkProblem) {
  let variant = network.variant
  let stages = EfficientNetStage.all
  var x = try network.normalizedConvolution(
    network.input, ("_conv_stem", "_bn0"), outputs: 32, kernel: 3, stride: variant.firstStride,
    activation: ("_swish", variant.activation))
  var number = 0
  for (index, stage) in stages.enumerated() {
    let outputs = roundedChannels(Double(stage.outputs) * size.width)
    for repetition in 0..<size.liteCount(stage: index) {
      x = try network.liteBlock(
        x, "_blocks.\(number)", outputs: outputs, kernel: stage.kernel,
        stride: repetition == 0 ? stage.stride : 1, expansion: stage.expansion,
        mayAdd: variant.residuals.allow(stage: index, repetition: repetition))
      number += 1
    }
  }
  x = try network.normalizedConvolution(
    x, ("_conv_head", "_bn1"), outputs: 1280, activation: ("_head_swish", variant.activation))
  x = try network.globalAveragePool(x, "_avg_pooling")
  try network.classifier(x, "_fc")
}

extension EfficientNetSize {
  /// Blocks of a stage of EfficientNet-Lite.
  func liteCount(stage: Int) -> Int {
    let stages = EfficientNetStage.all
    let isFixed = stage == 0 || stage == stages.count - 1
    return isFixed ? stages[stage].count : count(stages[stage].count)
  }
}

extension ArchitectureBuilder {
  /// Expansion, depthwise, projection.
  fileprivate mutating func liteBlock(
    _ x: Value, _ prefix: String, outputs: Int, kernel: Int, stride: Int, expansion: Int,
    mayAdd: Bool
  ) throws(NetworkProblem) -> Value {
    let expanded = x.channels * expansion
    var y = x
    if expansion != 1 {
      y = try normalizedConvolution(
        y, ("\(prefix)._expand_conv", "\(prefix)._bn0"), outputs: expanded,
        activation: ("\(prefix)._relu", variant.activation))
    }
    y = try normalizedConvolution(
      y, ("\(prefix)._depthwise_conv", "\(prefix)._bn1"), outputs: expanded, kernel: kernel,
      stride: stride, groups: expanded, activation: ("\(prefix)._relu1", variant.activation))
    y = try normalizedConvolution(
      y, ("\(prefix)._project_conv", "\(prefix)._bn2"), outputs: outputs)
    return mayAdd && stride == 1 && x.channels == outputs ? try add(y, x, "\(prefix).add") : y
  }
}
