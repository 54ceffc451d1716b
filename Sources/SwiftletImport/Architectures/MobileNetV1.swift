import SwiftletGraph

/// Channels of the MobileNetV1 family: truncated, not rounded, and at least 8.
private func scaled(_ channels: Int, _ width: Double) -> Int {
  max(8, Int(Double(channels) * width))
}

/// MobileNetV1 (Howard et al., 2017): a stem and thirteen depthwise-separable blocks.
///
/// Module names: `features.0.0/.1` stem and batch normalisation, `features.N.0/.1` depthwise,
/// `features.N.3/.4` pointwise for N = 1…13, `classifier`.
func mobileNetV1(_ variant: NetworkVariant) -> NetworkPlan {
  var plan = NetworkPlan()
  let blocks: [(outputs: Int, stride: Int)] = [
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
    (512, 1), (512, 1), (1024, 2), (1024, 1),
  ]
  var x = plan.block(
    plan.input, "features.0", outputs: scaled(32, variant.width), kernel: 3, stride: 2,
    epsilon: variant.epsilon, activation: variant.activation)
  for (index, block) in blocks.enumerated() {
    let prefix = "features.\(index + 1)"
    x = plan.block(
      x, prefix, outputs: x.channels, kernel: 3, stride: block.stride, groups: x.channels,
      epsilon: variant.epsilon, activation: variant.activation)
    x = plan.normalizedConvolution(
      x, ("\(prefix).3", "\(prefix).4"), outputs: scaled(block.outputs, variant.width),
      epsilon: variant.epsilon, activation: ("\(prefix).5", variant.activation))
  }
  x = plan.globalAveragePool(x, "avgpool")
  _ = plan.linear(x, "classifier", outputs: variant.classes)
  return plan
}

/// FD-MobileNet (Qin et al., 2018): MobileNetV1 that reaches 1/32 of the image within twelve layers.
///
/// Module names are those of its authors: `features.conv_0`, `features.dw_conv_N`, `dw_norm_N`,
/// `pw_conv_N`, `pw_norm_N` for N = 0…10, `classifier`.
func fdMobileNet(_ variant: NetworkVariant) -> NetworkPlan {
  var plan = NetworkPlan()
  let blocks: [(outputs: Int, stride: Int)] = [
    (64, 2), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
    (512, 1), (1024, 1),
  ]
  var x = plan.normalizedConvolution(
    plan.input, ("features.conv_0", "features.norm_0"), outputs: scaled(32, variant.width),
    kernel: 3, stride: 2, epsilon: variant.epsilon,
    activation: ("features.relu_0", variant.activation))
  for (index, block) in blocks.enumerated() {
    x = plan.normalizedConvolution(
      x, ("features.dw_conv_\(index)", "features.dw_norm_\(index)"), outputs: x.channels,
      kernel: 3, stride: block.stride, groups: x.channels, epsilon: variant.epsilon,
      activation: ("features.dw_relu_\(index)", variant.activation))
    x = plan.normalizedConvolution(
      x, ("features.pw_conv_\(index)", "features.pw_norm_\(index)"),
      outputs: scaled(block.outputs, variant.width), epsilon: variant.epsilon,
      activation: ("features.pw_relu_\(index)", variant.activation))
  }
  x = plan.globalAveragePool(x, "avgpool")
  _ = plan.linear(x, "classifier", outputs: variant.classes)
  return plan
}
