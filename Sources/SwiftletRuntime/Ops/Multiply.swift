internal import CSwiftletKernels

/// A tensor times a gate that stands for 0…1 as −128…127: one per channel (1 × 1 × C), or one per
/// element.
final class Multiply: Operation, @unchecked Sendable {
  private let parameters: MultiplyParameters
  private let inputZeroPoint: Int
  private let outputZeroPoint: Int
  private let isPerChannel: Bool

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(2)
    parameters = try reader.decode(MultiplyParameters.self)
    _ = try reader.arrays(of: MultiplyParameters.self, length: 0)
    let gate = reader.operands[1]
    let (shape, gateShape) = (reader.input, reader.tensor(gate))
    isPerChannel = gateShape.pixels == 1
    try reader.check.require(
      isPerChannel && gateShape.channels == shape.channels || gateShape.hasSameShape(as: shape),
      "second operand", gate, "a gate of 1 × 1 × C, or of the first operand's shape")
    try reader.requireShape(shape.height, shape.width, shape.channels)
    try reader.requireOneZeroPoint(shape, "first operand")
    try reader.requireOneZeroPoint(gateShape, "second operand")
    try reader.requireOneZeroPoint(reader.outputTensor, "output")
    let gateZeroPoint = reader.zeroPoint(gateShape, channel: 0)
    try reader.check.require(
      gateZeroPoint == -128, "zero point of the second operand", gateZeroPoint, "−128")
    inputZeroPoint = reader.zeroPoint(shape, channel: 0)
    outputZeroPoint = reader.zeroPoint(reader.outputTensor, channel: 0)
    super.init(reader.header, movedCount: Int64(shape.elementCount))
  }

  override var name: StaticString { "multiply" }
  override var rows: RowDependence { isPerChannel ? .same : .all }

  private func parameters(_ builder: StepBuilder) -> SwlMultiplyParams {
    SwlMultiplyParams(
      channels: Int32(builder.tensor(output).channels), input_zero_point: Int32(inputZeroPoint),
      output_zero_point: Int32(outputZeroPoint), multiplier: Int32(parameters.multiplier),
      output_shift: Int32(parameters.outputShift), lo: Int32(parameters.clamp.lo),
      hi: Int32(parameters.clamp.hi))
  }

  override func addSteps(to builder: inout StepBuilder) {
    let (input, gate) = (builder.input(operands[0]), builder.input(operands[1]))
    let (output, parameters) = (builder.output(output), parameters(builder))
    let shape = builder.tensor(self.output)
    if isPerChannel {
      let kernel = builder.kernels.mul_channels
      builder.append(units: shape.pixels, work: work) { pixels, _ in
        var parameters = parameters
        let first = Int(pixels.lowerBound) * Int(parameters.channels)
        kernel(&parameters, input + first, gate, output + first, Int64(pixels.length))
      }
    } else {
      let kernel = builder.kernels.mul
      builder.append(units: shape.elementCount, work: work) { elements, _ in
        var parameters = parameters
        let first = Int(elements.lowerBound)
        kernel(
          &parameters, input + first, gate + first, output + first, Int64(elements.length))
      }
    }
  }

  override func rowCall(_ builder: StepBuilder) -> RowCall {
    let (gate, kernel) = (builder.input(operands[1]), builder.kernels.mul_channels)
    let parameters = parameters(builder)
    let shape = builder.tensor(output)
    let width = Int64(shape.width)
    return RowCall(nil, input: shape, output: shape) { rows, _, input, output in
      var parameters = parameters
      kernel(&parameters, input, gate, output, Int64(rows.length) * width)
    }
  }
}
