import SwiftletGraph

/// ResNet-18 (He et al., 2015) with torchvision's module names.
func resNet18(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  let variant = network.variant
  var x = try network.normalizedConvolution(
    network.input, ("conv1", "bn1"), outputs: 64, kernel: 7, stride: variant.firstStride,
    activation: ("relu", variant.activation))
  x = try network.maxPool(x, "maxpool", kernel: 3, stride: 2)
  for (stage, outputs) in [64, 128, 256, 512].enumerated() {
    for repetition in 0..<2 {
      x = try network.basicBlock(
        x, "layer\(stage + 1).\(repetition)", outputs: outputs,
        stride: stage > 0 && repetition == 0 ? 2 : 1)
    }
  }
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "fc")
}

extension ArchitectureBuilder {
  /// Two 3×3 convolutions and a skip, which is projected where the shape changes.
  fileprivate mutating func basicBlock(
    _ x: Value, _ prefix: String, outputs: Int, stride: Int
  ) throws(NetworkProblem) -> Value {
    var y = try normalizedConvolution(
      x, ("\(prefix).conv1", "\(prefix).bn1"), outputs: outputs, kernel: 3, stride: stride,
      activation: ("\(prefix).relu1", variant.activation))
    y = try normalizedConvolution(
      y, ("\(prefix).conv2", "\(prefix).bn2"), outputs: outputs, kernel: 3)
    var skip = x
    if stride != 1 || x.channels != outputs {
      skip = try normalizedConvolution(
        x, ("\(prefix).downsample.0", "\(prefix).downsample.1"), outputs: outputs, stride: stride)
    }
    return try activation(try add(y, skip, "\(prefix).add"), "\(prefix).relu", variant.activation)
  }
}
