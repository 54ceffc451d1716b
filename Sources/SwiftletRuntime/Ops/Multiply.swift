internal import CSwiftletKernels

/// A tensor times a gate that stands for 0…1 as −128…127: one per channel (1 × 1 × C), or one per
/// element.
struct Multiply: Sendable {
  let input: Int
  let gate: Int
  let output: Int
  let multiplier: Int32
  let outputShift: Int32
  let inputZeroPoint: Int32
  let outputZeroPoint: Int32
  let clamp: OutputClamp

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(2)
    let parameters = try reader.decode(MultiplyParameters.self)
    _ = try reader.arrays(of: MultiplyParameters.self, length: 0)
    input = reader.operands[0]
    gate = reader.operands[1]
    output = reader.output
    let (shape, gateShape) = (reader.input, reader.tensor(gate))
    let perChannel = gateShape.pixels == 1 && gateShape.channels == shape.channels
    try reader.check.require(
      perChannel || gateShape.hasSameShape(as: shape), "second operand", gate,
      "a gate of 1 × 1 × C, or of the first operand's shape")
    try reader.requireShape(shape.height, shape.width, shape.channels)
    try reader.requireUniform(shape, "first operand")
    try reader.requireUniform(gateShape, "second operand")
    try reader.requireUniform(reader.outputTensor, "output")
    let gateZeroPoint = reader.zeroPoint(gateShape, channel: 0)
    try reader.check.require(
      gateZeroPoint == -128, "zero point of the second operand", gateZeroPoint, "−128")
    inputZeroPoint = Int32(reader.zeroPoint(shape, channel: 0))
    outputZeroPoint = Int32(reader.zeroPoint(reader.outputTensor, channel: 0))
    multiplier = Int32(parameters.multiplier)
    outputShift = Int32(parameters.outputShift)
    clamp = parameters.clamp
  }

  func addSteps(to builder: inout StepBuilder) {
    let shape = builder.tensor(output)
    let step = step(builder, from: builder.input(input), to: builder.output(output))
    builder.append(
      .multiply(step), units: step.perChannel ? shape.pixels : shape.elementCount,
      work: Int64(shape.elementCount))
  }

  /// The kernel call, with the addresses that the operation reads and writes.
  func step(
    _ builder: StepBuilder, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> MultiplyStep {
    let perChannel = builder.tensor(gate).pixels == 1
    let parameters = SwlMultiplyParams(
      channels: Int32(builder.tensor(output).channels), input_zero_point: inputZeroPoint,
      output_zero_point: outputZeroPoint, multiplier: multiplier, output_shift: outputShift,
      lo: Int32(clamp.lo), hi: Int32(clamp.hi))
    return MultiplyStep(
      parameters: parameters, input: source, gate: builder.input(gate), output: destination,
      kernel: perChannel ? builder.kernels.mul_channels : builder.kernels.mul,
      perChannel: perChannel)
  }
}

/// A call of a multiplication kernel, for the pixels (gates per channel) or elements of one part.
struct MultiplyStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlMultiplyParams>, UnsafePointer<Int8>, UnsafePointer<Int8>,
      UnsafeMutablePointer<Int8>, Int64
    ) -> Void

  let parameters: SwlMultiplyParams
  let input: UnsafePointer<Int8>
  let gate: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let kernel: Kernel
  let perChannel: Bool

  func run(_ units: Range<Int32>) {
    var parameters = parameters
    let first = Int(units.lowerBound) * (perChannel ? Int(parameters.channels) : 1)
    kernel(
      &parameters, input + first, perChannel ? gate : gate + first, output + first,
      Int64(units.length))
  }

  /// Multiplies `pixels` pixels at `input` by the gates per channel.
  func run(
    pixels: Int, _ input: UnsafePointer<Int8>, _ output: UnsafeMutablePointer<Int8>
  ) {
    var parameters = parameters
    kernel(&parameters, input, gate, output, Int64(pixels))
  }
}
