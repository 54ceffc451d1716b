import SwiftletGraph

/// One inverted residual of MobileNetV3, in channels at width 1.
private struct Bottleneck {
  var kernel: Int
  var expanded: Int
  var outputs: Int
  var squeeze: Bool
  var activation: Activation
  var stride: Int

  init(
    _ kernel: Int, _ expanded: Int, _ outputs: Int, se squeeze: Bool, _ activation: Activation,
    _ stride: Int
  ) {
    self.kernel = kernel
    self.expanded = expanded
    self.outputs = outputs
    self.squeeze = squeeze
    self.activation = activation
    self.stride = stride
  }
}

/// MobileNetV3-Small (Howard et al., 2019) with torchvision's module names.
func mobileNetV3Small(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  try mobileNetV3(
    &network,
    [
      Bottleneck(3, 16, 16, se: true, .relu, 2),
      Bottleneck(3, 72, 24, se: false, .relu, 2),
      Bottleneck(3, 88, 24, se: false, .relu, 1),
      Bottleneck(5, 96, 40, se: true, .hardSwish, 2),
      Bottleneck(5, 240, 40, se: true, .hardSwish, 1),
      Bottleneck(5, 240, 40, se: true, .hardSwish, 1),
      Bottleneck(5, 120, 48, se: true, .hardSwish, 1),
      Bottleneck(5, 144, 48, se: true, .hardSwish, 1),
      Bottleneck(5, 288, 96, se: true, .hardSwish, 2),
      Bottleneck(5, 576, 96, se: true, .hardSwish, 1),
      Bottleneck(5, 576, 96, se: true, .hardSwish, 1),
    ],
    last: 1024)
}

/// MobileNetV3-Large (Howard et al., 2019) with torchvision's module names.
func mobileNetV3Large(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  try mobileNetV3(
    &network,
    [
      Bottleneck(3, 16, 16, se: false, .relu, 1),
      Bottleneck(3, 64, 24, se: false, .relu, 2),
      Bottleneck(3, 72, 24, se: false, .relu, 1),
      Bottleneck(5, 72, 40, se: true, .relu, 2),
      Bottleneck(5, 120, 40, se: true, .relu, 1),
      Bottleneck(5, 120, 40, se: true, .relu, 1),
      Bottleneck(3, 240, 80, se: false, .hardSwish, 2),
      Bottleneck(3, 200, 80, se: false, .hardSwish, 1),
      Bottleneck(3, 184, 80, se: false, .hardSwish, 1),
      Bottleneck(3, 184, 80, se: false, .hardSwish, 1),
      Bottleneck(3, 480, 112, se: true, .hardSwish, 1),
      Bottleneck(3, 672, 112, se: true, .hardSwish, 1),
      Bottleneck(5, 672, 160, se: true, .hardSwish, 2),
      Bottleneck(5, 960, 160, se: true, .hardSwish, 1),
      Bottleneck(5, 960, 160, se: true, .hardSwish, 1),
    ],
    last: 1280)
}

private func mobileNetV3(
  _ network: inout ArchitectureBuilder, _ bottlenecks: [Bottleneck], last: Int
) throws(NetworkProblem) {
  let width = network.variant.width
  var x = try network.block(
    network.input, "features.0", outputs: roundedChannels(16 * width), kernel: 3,
    stride: network.variant.firstStride, activation: network.variant.activation)
  for (index, bottleneck) in bottlenecks.enumerated() {
    x = try network.bottleneck(x, "features.\(index + 1)", bottleneck)
  }
  x = try network.block(
    x, "features.\(bottlenecks.count + 1)", outputs: 6 * x.channels,
    activation: network.variant.activation)
  x = try network.globalAveragePool(x, "avgpool")
  x = try network.hiddenLayer(
    x, "classifier.0", outputs: roundedChannels(Double(last) * width),
    activation: ("classifier.1", network.variant.activation))
  try network.classifier(x, "classifier.3")
}

extension ArchitectureBuilder {
  /// Expansion (where it changes the channels), depthwise, squeeze-and-excitation, projection.
  fileprivate mutating func bottleneck(
    _ x: Value, _ prefix: String, _ shape: Bottleneck
  ) throws(NetworkProblem) -> Value {
    let expanded = roundedChannels(Double(shape.expanded) * variant.width)
    let outputs = roundedChannels(Double(shape.outputs) * variant.width)
    // Hard-swish stands where the network's own activation does; ReLU is ReLU in all variants.
    let function = shape.activation == .hardSwish ? variant.activation : shape.activation
    var y = x
    var part = 0
    if expanded != x.channels {
      y = try block(
        y, "\(prefix).block.\(part)", outputs: expanded, activation: function)
      part += 1
    }
    y = try block(
      y, "\(prefix).block.\(part)", outputs: expanded, kernel: shape.kernel, stride: shape.stride,
      groups: expanded, activation: function)
    part += 1
    if shape.squeeze {
      y = try squeezeExcitation(
        y, "\(prefix).block.\(part)", squeezed: roundedChannels(Double(expanded / 4)),
        inner: .relu, gate: .hardSigmoid)
      part += 1
    }
    y = try block(y, "\(prefix).block.\(part)", outputs: outputs, activation: nil)
    return shape.stride == 1 && x.channels == outputs ? try add(x, y, "\(prefix).add") : y
  }
}
