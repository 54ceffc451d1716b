import SwiftletGraph

/// MnasNet-B1 (Tan et al., 2019) with torchvision's module names.
func mnasNet(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  let (width, activation) = (network.variant.width, network.variant.activation)
  let stages: [(outputs: Int, kernel: Int, stride: Int, expansion: Int, count: Int)] = [
    (24, 3, 2, 3, 3), (40, 5, 2, 3, 3), (80, 5, 2, 6, 3), (96, 3, 1, 6, 2), (192, 5, 2, 6, 4),
    (320, 3, 1, 6, 1),
  ]
  let stem = roundedChannels(32 * width)
  var x = try network.numbered(
    network.input, "layers", 0, outputs: stem, kernel: 3, stride: network.variant.firstStride,
    activation)
  x = try network.numbered(x, "layers", 3, outputs: stem, kernel: 3, groups: stem, activation)
  x = try network.numbered(x, "layers", 6, outputs: roundedChannels(16 * width), nil)
  for (index, stage) in stages.enumerated() {
    let outputs = roundedChannels(Double(stage.outputs) * width)
    for repetition in 0..<stage.count {
      let name = "layers.\(8 + index).\(repetition)"
      let prefix = "\(name).layers"
      let hidden = x.channels * stage.expansion
      let stride = repetition == 0 ? stage.stride : 1
      var y = try network.numbered(x, prefix, 0, outputs: hidden, activation)
      y = try network.numbered(
        y, prefix, 3, outputs: hidden, kernel: stage.kernel, stride: stride, groups: hidden,
        activation)
      y = try network.numbered(y, prefix, 6, outputs: outputs, nil)
      x = stride == 1 && x.channels == outputs ? try network.add(y, x, "\(name).add") : y
    }
  }
  x = try network.numbered(x, "layers", 14, outputs: 1280, activation)
  x = try network.globalAveragePool(x, "avgpool")
  try network.classifier(x, "classifier.1")
}

extension ArchitectureBuilder {
  /// Convolution, batch normalisation and activation as three successive modules of a sequence.
  fileprivate mutating func numbered(
    _ x: Value, _ prefix: String, _ first: Int, outputs: Int, kernel: Int = 1, stride: Int = 1,
    groups: Int = 1, _ activation: Activation?
  ) throws(NetworkProblem) -> Value {
    try normalizedConvolution(
      x, ("\(prefix).\(first)", "\(prefix).\(first + 1)"), outputs: outputs, kernel: kernel,
      stride: stride, groups: groups, activation: activation.map { ("\(prefix).\(first + 2)", $0) })
  }
}
