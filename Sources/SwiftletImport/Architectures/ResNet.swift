import SwiftletGraph

/// How many blocks the four stages have, and of which kind.
struct ResNetSize {
  let counts: [Int]
  /// 1×1, 3×3 and 1×1 to four times the channels; else two 3×3.
  let isBottleneck: Bool
}

/// ResNet (He et al., 2015) with torchvision's module names. Of a bottleneck's convolutions the 3×3 one
/// has the stride, as torchvision, timm and Hugging Face have it; the paper's first one has it.
func resNet(
  _ network: inout ArchitectureBuilder, _ size: ResNetSize
) throws(NetworkProblem) {
  let variant = network.variant
  var x = try network.normalizedConvolution(
    network.input, ("conv1", "bn1"), outputs: 64, kernel: 7, stride: variant.firstStride,
    activation: ("relu", variant.activation))
  x = try network.maxPool(x, "maxpool", kernel: 3, stride: 2)
  for (stage, outputs) in [64, 128, 256, 512].enumerated() {
    for repetition in 0..<size.counts[stage] {
      x = try network.residualBlock(
        x, "layer\(stage + 1).\(repetition)", channels: outputs,
        stride: stage > 0 && repetition == 0 ? 2 : 1, isBottleneck: size.isBottleneck)
    }
  }
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "fc")
}

extension ArchitectureBuilder {
  /// Convolutions and a skip, which is projected where the shape changes.
  fileprivate mutating func residualBlock(
    _ x: Value, _ prefix: String, channels: Int, stride: Int, isBottleneck: Bool
  ) throws(NetworkProblem) -> Value {
    let outputs = isBottleneck ? 4 * channels : channels
    typealias Part = (outputs: Int, kernel: Int, stride: Int)
    let parts: [Part] =
      isBottleneck
      ? [(channels, 1, 1), (channels, 3, stride), (outputs, 1, 1)]
      : [(channels, 3, stride), (outputs, 3, 1)]
    var y = x
    for (index, part) in parts.enumerated() {
      let number = index + 1
      let isLast = number == parts.count
      y = try normalizedConvolution(
        y, ("\(prefix).conv\(number)", "\(prefix).bn\(number)"), outputs: part.outputs,
        kernel: part.kernel, stride: part.stride,
        activation: isLast ? nil : ("\(prefix).relu\(number)", variant.activation))
    }
    var skip = x
    if stride != 1 || x.channels != outputs {
      skip = try normalizedConvolution(
        x, ("\(prefix).downsample.0", "\(prefix).downsample.1"), outputs: outputs, stride: stride)
    }
    return try activation(try add(y, skip, "\(prefix).add"), "\(prefix).relu", variant.activation)
  }
}
