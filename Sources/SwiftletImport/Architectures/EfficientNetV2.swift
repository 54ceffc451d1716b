import SwiftletGraph

/// A stage of EfficientNetV2-S.
struct EfficientNetV2Stage {
  let expansion: Int
  let stride: Int
  let outputs: Int
  let count: Int
  /// Whether a 3×3 convolution takes the place of expansion, depthwise convolution and gate.
  let isFused: Bool

  /// Tan and Le, 2021, table 4. All kernels are 3×3.
  static let small = [
    EfficientNetV2Stage(expansion: 1, stride: 1, outputs: 24, count: 2, isFused: true),
    EfficientNetV2Stage(expansion: 4, stride: 2, outputs: 48, count: 4, isFused: true),
    EfficientNetV2Stage(expansion: 4, stride: 2, outputs: 64, count: 4, isFused: true),
    EfficientNetV2Stage(expansion: 4, stride: 2, outputs: 128, count: 6, isFused: false),
    EfficientNetV2Stage(expansion: 6, stride: 1, outputs: 160, count: 9, isFused: false),
    EfficientNetV2Stage(expansion: 6, stride: 2, outputs: 256, count: 15, isFused: false),
  ]
}

/// EfficientNetV2-S (Tan and Le, 2021) with torchvision's module names.
func efficientNetV2(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  let (variant, stages) = (network.variant, EfficientNetV2Stage.small)
  var x = try network.block(
    network.input, "features.0", outputs: 24, kernel: 3, stride: variant.firstStride,
    activation: variant.activation)
  for (index, stage) in stages.enumerated() {
    for repetition in 0..<stage.count {
      let prefix = "features.\(index + 1).\(repetition)"
      let stride = repetition == 0 ? stage.stride : 1
      x =
        stage.isFused
        ? try network.fusedBlock(x, prefix, stage, stride: stride)
        : try network.mobileBlock(
          x, prefix, outputs: stage.outputs, kernel: 3, stride: stride, expansion: stage.expansion,
          mayAdd: true)
    }
  }
  x = try network.block(
    x, "features.\(stages.count + 1)", outputs: 1280, activation: variant.activation)
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "classifier.1")
}

extension ArchitectureBuilder {
  /// A convolution to more channels and a projection; the convolution alone where nothing is expanded.
  fileprivate mutating func fusedBlock(
    _ x: Value, _ prefix: String, _ stage: EfficientNetV2Stage, stride: Int
  ) throws(NetworkProblem) -> Value {
    let expanded = x.channels * stage.expansion
    var y = try block(
      x, "\(prefix).block.0", outputs: stage.expansion == 1 ? stage.outputs : expanded, kernel: 3,
      stride: stride, activation: variant.activation)
    if stage.expansion != 1 {
      y = try block(y, "\(prefix).block.1", outputs: stage.outputs, activation: nil)
    }
    return stride == 1 && x.channels == stage.outputs ? try add(y, x, "\(prefix).add") : y
  }
}
