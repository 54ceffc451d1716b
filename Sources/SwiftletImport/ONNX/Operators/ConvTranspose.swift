import SwiftletGraph

extension ONNXOperator {
  /// The convolution that a strided one is the gradient of (Dumoulin and Visin, 2016, section 4).
  static let transposedConvolutions = [ONNXOperator("ConvTranspose", convTranspose)]

  private static let convTranspose: Append = { (builder, call) throws(ONNXProblem) in
    let transposed = try TransposedConvolution(&builder, call)
    return [
      transposed.tiles ? try transposed.tiled(&builder) : try transposed.spread(&builder)
    ]
  }
}

/// A `ConvTranspose` node: what it states.
private struct TransposedConvolution {
  private let call: ONNXCall
  private let input: [Int]
  private let window: Window
  private let groups: Int
  private let outputChannels: Int
  /// Rows and columns that the result has more below and on the right.
  private let extra: [Int]
  /// `[inputs][outputs / groups][height][width]`
  private let weights: ONNXArray
  private let bias: ONNXArray?

  init(_ builder: inout ONNXBuilder, _ call: ONNXCall) throws(ONNXProblem) {
    self.call = call
    input = builder.shape(of: try call.input(0))
    guard let weights = try builder.array(1, of: call) else {
      throw call.unsupported(
        "input 2 must be a constant; what the network computes is no weight")
    }
    self.weights = weights
    guard weights.shape.count == 4, weights.count > 0, input.count == 4,
      weights.shape[0] == input[1]
    else {
      throw call.problem(
        "weights of the shape \(weights.shape) do not fit an image of the shape \(input)")
    }
    groups = try call.integer("group", default: 1)
    guard groups >= 1, input[1] % groups == 0 else {
      throw call.problem("\(groups) groups do not divide \(input[1]) channels")
    }
    outputChannels = weights.shape[1] * groups
    bias = call.has(2) ? try builder.array(2, of: call) : nil
    if call.has(2), bias?.count != outputChannels {
      throw call.unsupported("its bias must be a constant for each of \(outputChannels) channels")
    }
    var window = try ONNXWindow(
      call.with("auto_pad", "NOTSET"), input: input, kernel: Array(weights.shape[2...])
    ).window
    let given = try call.integers("output_padding") ?? [0, 0]
    let stated = try call.integers("output_shape")
    guard given.count == 2, given.allSatisfy({ (0...1 << 16).contains($0) }) else {
      throw call.problem("output_padding \(given) is none of two dimensions")
    }
    let mode = try call.text("auto_pad", default: "NOTSET")
    if stated != nil || mode.hasPrefix("SAME") {
      try Self.pad(&window, input, stated, given, mode, call)
    }
    (self.window, extra) = (window, given)
  }

  /// Chooses the padding for a size that is stated, or that is the input's times the stride.
  private static func pad(
    _ window: inout Window, _ input: [Int], _ stated: [Int]?, _ extra: [Int], _ mode: String,
    _ call: ONNXCall
  ) throws(ONNXProblem) {
    let strides = [window.strideHeight, window.strideWidth]
    let size = stated.map { Array($0.suffix(2)) } ?? [input[2] * strides[0], input[3] * strides[1]]
    let reach = [window.reachHeight, window.reachWidth]
    var pads: [(Int, Int)] = []
    for axis in 0..<2 {
      guard size.count == 2, (1...1 << 20).contains(size[axis]) else {
        throw call.problem("output_shape \(size) is none of two dimensions")
      }
      let total = strides[axis] * (input[axis + 2] - 1) + extra[axis] + reach[axis] - size[axis]
      guard total >= 0 else { throw call.unsupported("output_shape \(size) is too large") }
      let half = total / 2
      // The odd one stands at the end with SAME_UPPER, else at the begin.
      pads.append(mode == "SAME_UPPER" ? (half, total - half) : (total - half, half))
    }
    window.padding = Padding(
      top: pads[0].0, left: pads[1].0, bottom: pads[0].1, right: pads[1].1)
  }

  /// Whether each input pixel becomes a tile of its own.
  var tiles: Bool {
    let padding = window.padding
    return groups == 1 && window.kernelHeight == window.strideHeight
      && window.kernelWidth == window.strideWidth && window.kernelHeight == window.kernelWidth
      && window.dilationHeight == 1 && window.dilationWidth == 1 && extra == [0, 0]
      && padding.top + padding.left + padding.bottom + padding.right == 0
  }

  /// A 1×1 convolution to the channels of all a tile's pixels, which are then put in their places.
  func tiled(_ builder: inout ONNXBuilder) throws(ONNXProblem) -> ONNXValue {
    let side = window.kernelHeight
    let (inputs, area) = (input[1], side * side)
    let values = weights.floats
    let turned = (0..<area * outputChannels * inputs).map { index in
      let (place, channel) = (index / inputs, index % inputs)
      let (tap, output) = (place / outputChannels, place % outputChannels)
      return values[(channel * outputChannels + output) * area + tap]
    }
    var conv = Conv2D(
      inputChannels: inputs, outputChannels: area * outputChannels, window: Window(kernel: 1))
    conv.weightScales = levels.map { scales in (0..<area).flatMap { _ in scales } }
    let biases = bias.map { bias in
      ONNXArray((0..<area).flatMap { _ in bias.floats }, shape: [area * outputChannels])
    }
    let all = try add(
      conv, ONNXArray(turned, shape: [area * outputChannels, inputs, 1, 1]), biases,
      try builder.graphValue(0, of: call), "tiles", &builder)
    let (height, width) = (input[2], input[3])
    return try builder.rearranged(
      all, call, [1, side, side, outputChannels, height, width], [0, 3, 4, 1, 5, 2],
      [1, outputChannels, height * side, width * side])
  }

  /// An ordinary convolution with the kernel turned round, of the image with zeros between its pixels.
  func spread(_ builder: inout ONNXBuilder) throws(ONNXProblem) -> ONNXValue {
    let padding = window.padding
    let (down, across) = (window.reachHeight - 1, window.reachWidth - 1)
    let outer = Padding(
      top: down - padding.top, left: across - padding.left,
      bottom: down - padding.bottom + extra[0], right: across - padding.right + extra[1])
    guard min(outer.top, outer.left, outer.bottom, outer.right) >= 0 else {
      throw call.unsupported("pads of more than a kernel's reach")
    }
    var image = try builder.graphValue(0, of: call)
    if window.strideHeight > 1 || window.strideWidth > 1 {
      let none = [0, 0, 0, 0]
      let spread = Pad(
        before: none, after: none,
        between: [0, 0, window.strideHeight - 1, window.strideWidth - 1])
      image = try builder.append(.pad(spread), [image], for: call, suffix: "spread")
    }
    var flat = window
    (flat.strideHeight, flat.strideWidth, flat.padding) = (1, 1, outer)
    var conv = Conv2D(
      inputChannels: input[1], outputChannels: outputChannels, groups: groups, window: flat)
    conv.weightScales = levels
    return .value(try add(conv, turnedWeights, bias, image, "", &builder))
  }

  /// `[outputs][inputs / groups][height][width]`, the taps in reverse order.
  private var turnedWeights: ONNXArray {
    let values = weights.floats
    let area = window.kernelHeight * window.kernelWidth
    let (inputs, outputs) = (input[1] / groups, outputChannels / groups)
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for output in 0..<outputChannels {
      let group = output / outputs
      for channel in 0..<inputs {
        let start = ((group * inputs + channel) * outputs + output % outputs) * area
        for tap in 0..<area { result.append(values[start + area - 1 - tap]) }
      }
    }
    return ONNXArray(
      result, shape: [outputChannels, inputs, window.kernelHeight, window.kernelWidth])
  }

  /// The scales of weights that were quantized before, if all of an output channel's have one.
  private var levels: [Float]? {
    guard groups == 1 || weights.levels?.scales.count == 1 else { return nil }
    return weights.scales(ofChannels: outputChannels, axis: 1)
  }

  private func add(
    _ conv: Conv2D, _ weights: ONNXArray, _ bias: ONNXArray?, _ image: ValueID, _ suffix: String,
    _ builder: inout ONNXBuilder
  ) throws(ONNXProblem) -> ValueID {
    var inputs = [
      image, try builder.constant(weights, named: call.node.inputs[1].text, of: call),
    ]
    if let bias {
      inputs.append(try builder.constant(bias, named: call.node.inputs[2].text, of: call))
    }
    return try builder.append(.conv2D(conv), inputs, for: call, suffix: suffix)
  }
}

extension Window {
  /// Rows and columns that a kernel spans, dilation included.
  fileprivate var reachHeight: Int { (kernelHeight - 1) * dilationHeight + 1 }
  fileprivate var reachWidth: Int { (kernelWidth - 1) * dilationWidth + 1 }
}

extension ONNXCall {
  /// The same node with another text for an attribute.
  fileprivate func with(_ name: String, _ text: String) -> ONNXCall {
    var node = node
    node.attributes[FileName(name)] = .text(text)
    return ONNXCall(node: node, name: self.name, version: version, inputs: inputs)
  }
}
