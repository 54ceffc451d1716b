import SwiftletGraph

/// MobileNetV2 (Sandler et al., 2018) with torchvision's module names.
func mobileNetV2(_ variant: NetworkVariant) -> NetworkPlan {
  var plan = NetworkPlan()
  let stages: [(expansion: Int, outputs: Int, count: Int, stride: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]
  var x = plan.block(
    plan.input, "features.0", outputs: roundedChannels(32 * variant.width), kernel: 3, stride: 2,
    epsilon: variant.epsilon, activation: .relu6)
  var index = 1
  for stage in stages {
    let outputs = roundedChannels(Double(stage.outputs) * variant.width)
    for repetition in 0..<stage.count {
      x = plan.invertedResidual(
        x, "features.\(index)", outputs: outputs, stride: repetition == 0 ? stage.stride : 1,
        expansion: stage.expansion, epsilon: variant.epsilon)
      index += 1
    }
  }
  x = plan.block(
    x, "features.\(index)", outputs: roundedChannels(1280 * max(1, variant.width)),
    epsilon: variant.epsilon, activation: .relu6)
  x = plan.globalAveragePool(x, "avgpool")
  _ = plan.linear(x, "classifier.1", outputs: variant.classes)
  return plan
}

extension NetworkPlan {
  /// Expansion, depthwise 3×3 and linear projection, with a residual where shapes allow it.
  fileprivate mutating func invertedResidual(
    _ x: Value, _ prefix: String, outputs: Int, stride: Int, expansion: Int, epsilon: Float
  ) -> Value {
    let hidden = x.channels * expansion
    var y = x
    var part = 0
    if expansion != 1 {
      y = block(
        y, "\(prefix).conv.0", outputs: hidden, epsilon: epsilon, activation: .relu6)
      part = 1
    }
    y = block(
      y, "\(prefix).conv.\(part)", outputs: hidden, kernel: 3, stride: stride, groups: hidden,
      epsilon: epsilon, activation: .relu6)
    y = normalizedConvolution(
      y, ("\(prefix).conv.\(part + 1)", "\(prefix).conv.\(part + 2)"), outputs: outputs,
      epsilon: epsilon)
    return stride == 1 && x.channels == outputs ? add(x, y, "\(prefix).add") : y
  }
}
