import SwiftletGraph

/// Channels of the MobileNetV1 family: truncated, not rounded, and at least 8.
private func scaled(_ channels: Int, _ width: Double) -> Int {
  max(8, Int(Double(channels) * width))
}

/// MobileNetV1 (Howard et al., 2017): a stem and thirteen depthwise-separable blocks.
///
/// Module names: `features.0.0/.1` stem and batch normalisation, `features.N.0/.1` depthwise,
/// `features.N.3/.4` pointwise for N = 1…13, `classifier`.
func mobileNetV1(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  let (width, activation) = (network.variant.width, network.variant.activation)
  let blocks: [(outputs: Int, stride: Int)] = [
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
    (512, 1), (512, 1), (1024, 2), (1024, 1),
  ]
  var x = try network.block(
    network.input, "features.0", outputs: scaled(32, width), kernel: 3,
    stride: network.variant.firstStride, activation: activation)
  for (index, block) in blocks.enumerated() {
    let prefix = "features.\(index + 1)"
    x = try network.block(
      x, prefix, outputs: x.channels, kernel: 3, stride: block.stride, groups: x.channels,
      activation: activation)
    x = try network.normalizedConvolution(
      x, ("\(prefix).3", "\(prefix).4"), outputs: scaled(block.outputs, width),
      activation: ("\(prefix).5", activation))
  }
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "classifier")
}

/// FD-MobileNet (Qin et al., 2018): MobileNetV1 that reaches 1/32 of the image within twelve layers.
///
/// Module names are those of its authors: `features.conv_0`, `features.dw_conv_N`, `dw_norm_N`,
/// `pw_conv_N`, `pw_norm_N` for N = 0…10, `classifier`.
func fdMobileNet(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  let (width, activation) = (network.variant.width, network.variant.activation)
  let blocks: [(outputs: Int, stride: Int)] = [
    (64, 2), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
    (512, 1), (1024, 1),
  ]
  var x = try network.normalizedConvolution(
    network.input, ("features.conv_0", "features.norm_0"), outputs: scaled(32, width), kernel: 3,
    stride: network.variant.firstStride, activation: ("features.relu_0", activation))
  for (index, block) in blocks.enumerated() {
    x = try network.normalizedConvolution(
      x, ("features.dw_conv_\(index)", "features.dw_norm_\(index)"), outputs: x.channels,
      kernel: 3, stride: block.stride, groups: x.channels,
      activation: ("features.dw_relu_\(index)", activation))
    x = try network.normalizedConvolution(
      x, ("features.pw_conv_\(index)", "features.pw_norm_\(index)"),
      outputs: scaled(block.outputs, width),
      activation: ("features.pw_relu_\(index)", activation))
  }
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "classifier")
}
