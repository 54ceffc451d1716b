import SwiftletGraph

/// The stages of a MobileNetV4, and the size of its stem's outputs.
struct MobileNetV4Size {
  /// A block of a stage.
  enum Block {
    /// A convolution with batch normalisation and activation.
    case convolution(kernel: Int, stride: Int, outputs: Int)
    /// A convolution to more channels and a 1×1 one back.
    case fused(kernel: Int, stride: Int, expanded: Int, outputs: Int)
    /// A universal inverted bottleneck: perhaps a depthwise convolution, an expansion, perhaps a depthwise
    /// convolution that has the stride, a projection. A kernel of 0 leaves its convolution out.
    case universal(start: Int, middle: Int, stride: Int, expanded: Int, outputs: Int)
  }

  let stages: [[Block]]

  /// Qin et al., 2024, table 11 (MobileNetV4-Conv-S).
  static let convSmall = MobileNetV4Size(stages: [
    [
      .convolution(kernel: 3, stride: 2, outputs: 32),
      .convolution(kernel: 1, stride: 1, outputs: 32),
    ],
    [
      .convolution(kernel: 3, stride: 2, outputs: 96),
      .convolution(kernel: 1, stride: 1, outputs: 64),
    ],
    [
      .universal(start: 5, middle: 5, stride: 2, expanded: 192, outputs: 96), plain(3, 192, 96),
      plain(3, 192, 96), plain(3, 192, 96), plain(3, 192, 96),
      .universal(start: 3, middle: 0, stride: 1, expanded: 384, outputs: 96),
    ],
    [
      .universal(start: 3, middle: 3, stride: 2, expanded: 576, outputs: 128),
      .universal(start: 5, middle: 5, stride: 1, expanded: 512, outputs: 128), plain(5, 512, 128),
      plain(5, 384, 128), plain(3, 512, 128), plain(3, 512, 128),
    ],
    [.convolution(kernel: 1, stride: 1, outputs: 960)],
  ])

  /// The same, table 12 (MobileNetV4-Conv-M).
  static let convMedium = MobileNetV4Size(stages: [
    [.fused(kernel: 3, stride: 2, expanded: 128, outputs: 48)],
    [
      .universal(start: 3, middle: 5, stride: 2, expanded: 192, outputs: 80),
      .universal(start: 3, middle: 3, stride: 1, expanded: 160, outputs: 80),
    ],
    [
      .universal(start: 3, middle: 5, stride: 2, expanded: 480, outputs: 160),
      extra(3, 3, 640, 160),
      extra(3, 3, 640, 160), extra(3, 5, 640, 160), extra(3, 3, 640, 160), extra(3, 0, 640, 160),
      extra(0, 0, 320, 160), extra(3, 0, 640, 160),
    ],
    [
      .universal(start: 5, middle: 5, stride: 2, expanded: 960, outputs: 256),
      extra(5, 5, 1024, 256), extra(3, 5, 1024, 256), extra(3, 5, 1024, 256),
      extra(0, 0, 1024, 256),
      extra(3, 0, 1024, 256), extra(3, 5, 512, 256), extra(5, 5, 1024, 256), extra(0, 0, 1024, 256),
      extra(0, 0, 1024, 256), extra(5, 0, 512, 256),
    ],
    [.convolution(kernel: 1, stride: 1, outputs: 960)],
  ])

  /// An inverted bottleneck of stride 1 as MobileNetV2 has it.
  private static func plain(_ middle: Int, _ expanded: Int, _ outputs: Int) -> Block {
    extra(0, middle, expanded, outputs)
  }

  private static func extra(_ start: Int, _ middle: Int, _ expanded: Int, _ outputs: Int) -> Block {
    .universal(start: start, middle: middle, stride: 1, expanded: expanded, outputs: outputs)
  }
}

/// MobileNetV4 (Qin et al., 2024) with timm's module names: convolutions alone, no attention.
func mobileNetV4(
  _ network: inout ArchitectureBuilder, _ size: MobileNetV4Size
) throws(NetworkProblem) {
  let variant = network.variant
  var x = try network.normalizedConvolution(
    network.input, ("conv_stem", "bn1"), outputs: 32, kernel: 3, stride: variant.firstStride,
    activation: ("act1", variant.activation))
  for (stage, blocks) in size.stages.enumerated() {
    for (index, block) in blocks.enumerated() {
      x = try network.block(x, "blocks.\(stage).\(index)", block)
    }
  }
  // The head is a convolution of the pooled vector, with a batch normalisation.
  switch variant.head {
  case .pooled: x = try network.globalAveragePool(x, "global_pool")
  case .hidden, .classifier:
    x = try network.pooledImage(x, "global_pool")
    x = try network.normalizedConvolution(
      x, ("conv_head", "norm_head"), outputs: 1280, activation: ("act2", variant.activation))
    x = try network.flattened(x, "flatten", side: 1)
  }
  try network.classifier(x, "classifier")
}

extension ArchitectureBuilder {
  fileprivate mutating func block(
    _ x: Value, _ prefix: String, _ block: MobileNetV4Size.Block
  ) throws(NetworkProblem) -> Value {
    let activation = variant.activation
    switch block {
    case .convolution(let kernel, let stride, let outputs):
      return try normalizedConvolution(
        x, ("\(prefix).conv", "\(prefix).bn1"), outputs: outputs, kernel: kernel, stride: stride,
        activation: ("\(prefix).act", activation))
    case .fused(let kernel, let stride, let expanded, let outputs):
      let y = try normalizedConvolution(
        x, ("\(prefix).conv_exp", "\(prefix).bn1"), outputs: expanded, kernel: kernel,
        stride: stride,
        activation: ("\(prefix).act", activation))
      return try normalizedConvolution(
        y, ("\(prefix).conv_pwl", "\(prefix).bn2"), outputs: outputs)
    case .universal(let start, let middle, let stride, let expanded, let outputs):
      func names(_ part: String) -> (conv: String, norm: String) {
        ("\(prefix).\(part).conv", "\(prefix).\(part).bn")
      }
      var y = x
      if start > 0 {
        y = try normalizedConvolution(
          y, names("dw_start"), outputs: y.channels, kernel: start, groups: y.channels)
      }
      y = try normalizedConvolution(
        y, names("pw_exp"), outputs: expanded, activation: ("\(prefix).pw_exp.act", activation))
      if middle > 0 {
        y = try normalizedConvolution(
          y, names("dw_mid"), outputs: expanded, kernel: middle, stride: stride, groups: expanded,
          activation: ("\(prefix).dw_mid.act", activation))
      }
      y = try normalizedConvolution(y, names("pw_proj"), outputs: outputs)
      return stride == 1 && x.channels == outputs ? try add(y, x, "\(prefix).add") : y
    }
  }
}
