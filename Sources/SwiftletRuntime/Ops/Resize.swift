internal import CSwiftletKernels

/// An image of another size: nearest pixels, or weighted means of four.
final class Resize: Operation, @unchecked Sendable {
  private let rowTaps: ResizeTaps
  private let columnTaps: ResizeTaps

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    let parameters = try reader.decode(ResizeParameters.self)
    _ = try reader.arrays(of: ResizeParameters.self, length: 0)
    let shape = reader.input
    try reader.requireShape(parameters.height, parameters.width, shape.channels)
    rowTaps = ResizeTaps(parameters, input: shape.height, output: parameters.height)
    columnTaps = ResizeTaps(parameters, input: shape.width, output: parameters.width)
    super.init(
      reader.header,
      movedCount: Int64(reader.outputTensor.elementCount) * parameters.interpolation.tapCount,
      tapCount: Int64(parameters.height + parameters.width))
  }

  override var name: StaticString { "resize" }

  override func addSteps(to builder: inout StepBuilder) {
    let (input, output) = (builder.input(operands[0]), builder.output(output))
    let inputShape = builder.tensor(operands[0])
    let outputShape = builder.tensor(self.output)
    let parameters = SwlResizeParams(
      in_h: Int32(inputShape.height), in_w: Int32(inputShape.width),
      channels: Int32(inputShape.channels), out_h: Int32(outputShape.height),
      out_w: Int32(outputShape.width), rows: rowTaps.pointer, columns: columnTaps.pointer)
    builder.append(units: outputShape.height, work: work) { rows, _ in
      var parameters = parameters
      swl_resize_s8__portable(&parameters, input, output, rows.lowerBound, rows.upperBound)
    }
  }
}

extension ResizeParameters.Interpolation {
  /// Input pixels that an output pixel is computed from.
  fileprivate var tapCount: Int64 {
    switch self {
    case .nearest: return 1
    case .bilinear: return 4
    }
  }
}
