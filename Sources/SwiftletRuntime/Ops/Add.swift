internal import CSwiftletKernels

/// The sum of two tensors of one shape: y = clamp((a·ma + b·mb + k) >> t).
final class Add: Operation, @unchecked Sendable {
  private let parameters: AddParameters

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(2)
    parameters = try reader.decode(AddParameters.self)
    _ = try reader.arrays(of: AddParameters.self, length: 0)
    let shape = reader.input
    try reader.check.require(
      reader.tensor(reader.operands[1]).hasSameShape(as: shape), "second operand",
      reader.operands[1], "a tensor of the first operand's shape")
    try reader.requireShape(shape.height, shape.width, shape.channels)
    super.init(reader.header, movedCount: Int64(shape.elementCount))
  }

  override var name: StaticString { "add" }

  override func addSteps(to builder: inout StepBuilder) {
    let (a, b) = (builder.input(operands[0]), builder.input(operands[1]))
    let (output, kernel) = (builder.output(output), builder.kernels.add)
    let parameters = SwlAddParams(
      multiplier_a: Int32(parameters.multiplierA), multiplier_b: Int32(parameters.multiplierB),
      addend: Int32(parameters.addend), shift: Int32(parameters.shift),
      lo: Int32(parameters.clamp.lo), hi: Int32(parameters.clamp.hi))
    builder.append(units: builder.tensor(self.output).elementCount, work: work) { elements, _ in
      var parameters = parameters
      let first = Int(elements.lowerBound)
      kernel(&parameters, a + first, b + first, output + first, Int64(elements.length))
    }
  }
}
