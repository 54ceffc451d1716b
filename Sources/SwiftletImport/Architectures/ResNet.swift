import SwiftletGraph

/// ResNet-18 (He et al., 2015) with torchvision's module names.
func resNet18(_ variant: NetworkVariant) -> NetworkPlan {
  var plan = NetworkPlan()
  var x = plan.normalizedConvolution(
    plan.input, ("conv1", "bn1"), outputs: 64, kernel: 7, stride: 2, epsilon: variant.epsilon,
    activation: ("relu", .relu))
  x = plan.maxPool(x, "maxpool", kernel: 3, stride: 2)
  for (stage, outputs) in [64, 128, 256, 512].enumerated() {
    for repetition in 0..<2 {
      x = plan.basicBlock(
        x, "layer\(stage + 1).\(repetition)", outputs: outputs,
        stride: stage > 0 && repetition == 0 ? 2 : 1, epsilon: variant.epsilon)
    }
  }
  x = plan.globalAveragePool(x, "avgpool")
  _ = plan.linear(x, "fc", outputs: variant.classes)
  return plan
}

extension NetworkPlan {
  /// Two 3×3 convolutions and a skip, which is projected where the shape changes.
  fileprivate mutating func basicBlock(
    _ x: Value, _ prefix: String, outputs: Int, stride: Int, epsilon: Float
  ) -> Value {
    var y = normalizedConvolution(
      x, ("\(prefix).conv1", "\(prefix).bn1"), outputs: outputs, kernel: 3, stride: stride,
      epsilon: epsilon, activation: ("\(prefix).relu1", .relu))
    y = normalizedConvolution(
      y, ("\(prefix).conv2", "\(prefix).bn2"), outputs: outputs, kernel: 3, epsilon: epsilon)
    var skip = x
    if stride != 1 || x.channels != outputs {
      skip = normalizedConvolution(
        x, ("\(prefix).downsample.0", "\(prefix).downsample.1"), outputs: outputs, stride: stride,
        epsilon: epsilon)
    }
    return activation(add(y, skip, "\(prefix).add"), "\(prefix).relu", .relu)
  }
}
