import SwiftletGraph

/// What convolutions and pools state of their windows.
struct ONNXWindow {
  var window: Window
  /// Rows and columns that `ceil_mode` adds below and on the right.
  var extra = (height: 0, width: 0)

  /// Reads the attributes of a node whose first input is an image.
  ///
  /// - Parameters:
  ///   - call: the node.
  ///   - input: the shape of its first input.
  ///   - kernel: the extents of the kernel; nil: the attribute says.
  /// - Throws: `ONNXProblem` where it is no window of two dimensions.
  init(_ call: ONNXCall, input: [Int], kernel: [Int]? = nil) throws(ONNXProblem) {
    guard input.count == 4 else {
      throw call.unsupported(
        "it reads a value of \(input.count) dimensions; images of 4 are accepted: batch, channels, "
          + "height, width")
    }
    let stated = try call.integers("kernel_shape")
    guard let kernel = kernel ?? stated else {
      throw call.problem("attribute kernel_shape is missing")
    }
    let strides = try call.integers("strides") ?? [1, 1]
    let dilations = try call.integers("dilations") ?? [1, 1]
    var pads = try call.integers("pads") ?? [0, 0, 0, 0]
    let sizes = kernel + strides + dilations
    guard kernel.count == 2, strides.count == 2, dilations.count == 2, pads.count == 4,
      (stated ?? kernel) == kernel
    else { throw call.problem("kernel, strides, dilations and pads must be those of 2 dimensions") }
    guard sizes.allSatisfy({ (1...Self.largest).contains($0) }),
      pads.allSatisfy({ (0...Self.largest).contains($0) })
    else {
      throw call.unsupported("kernels, strides, dilations and pads may be up to \(Self.largest)")
    }
    switch try call.text("auto_pad", default: "NOTSET") {
    case "NOTSET": break
    case "VALID": pads = [0, 0, 0, 0]
    case "SAME_UPPER": pads = Self.same(input, kernel, strides, dilations, oddAtEnd: true)
    case "SAME_LOWER": pads = Self.same(input, kernel, strides, dilations, oddAtEnd: false)
    case let other: throw call.problem("auto_pad \(quoted(other)) is not known")
    }
    window = Window(
      kernelHeight: kernel[0], kernelWidth: kernel[1], strideHeight: strides[0],
      strideWidth: strides[1], dilationHeight: dilations[0], dilationWidth: dilations[1],
      padding: Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]))
    if try call.flag("ceil_mode") {
      extra.height = Self.extra(
        input[2], pads[0], pads[2], kernel[0], strides[0], dilations[0])
      extra.width = Self.extra(input[3], pads[1], pads[3], kernel[1], strides[1], dilations[1])
      window.padding.bottom += extra.height
      window.padding.right += extra.width
    }
  }

  private static let largest = 1 << 16

  /// Whether `ceil_mode` adds anything.
  var hasExtra: Bool { extra != (0, 0) }

  /// Zeros with which the result has ⌈input / stride⌉ pixels.
  private static func same(
    _ input: [Int], _ kernel: [Int], _ strides: [Int], _ dilations: [Int], oddAtEnd: Bool
  ) -> [Int] {
    let sums = (0..<2).map { axis in
      let size = input[axis + 2]
      let count = (size + strides[axis] - 1) / strides[axis]
      let reach = (kernel[axis] - 1) * dilations[axis] + 1
      return max(0, (count - 1) * strides[axis] + reach - size)
    }
    let begin = sums.map { oddAtEnd ? $0 / 2 : $0 - $0 / 2 }
    return begin + zip(sums, begin).map { $0 - $1 }
  }

  /// What rounding the number of windows up adds at the end. A window that would begin in the padding
  /// behind the image is left out.
  private static func extra(
    _ size: Int, _ before: Int, _ after: Int, _ kernel: Int, _ stride: Int, _ dilation: Int
  ) -> Int {
    let reach = (kernel - 1) * dilation + 1
    let room = size + before + after
    guard room > reach else { return 0 }
    var count = (room - reach + stride - 1) / stride + 1
    if (count - 1) * stride >= size + before { count -= 1 }
    return max(0, (count - 1) * stride + reach - room)
  }
}
