internal import CSwiftletKernels

/// The sum of two tensors of one shape: y = clamp((a·ma + b·mb + k) >> t).
struct Add: Sendable {
  let a: Int
  let b: Int
  let output: Int
  let parameters: AddParameters

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(2)
    parameters = try reader.decode(AddParameters.self)
    _ = try reader.arrays(of: AddParameters.self, length: 0)
    a = reader.operands[0]
    b = reader.operands[1]
    output = reader.output
    try reader.check.require(
      reader.tensor(a).hasSameShape(as: reader.tensor(b)), "second operand", b,
      "a tensor of the first operand's shape")
    let shape = reader.input
    try reader.requireShape(shape.height, shape.width, shape.channels)
  }

  func addSteps(to builder: inout StepBuilder) {
    let kernelParameters = SwlAddParams(
      multiplier_a: Int32(parameters.multiplierA), multiplier_b: Int32(parameters.multiplierB),
      addend: Int32(parameters.addend), shift: Int32(parameters.shift),
      lo: Int32(parameters.clamp.lo), hi: Int32(parameters.clamp.hi))
    let step = AddStep(
      parameters: kernelParameters, a: builder.input(a), b: builder.input(b),
      output: builder.output(output), kernel: builder.kernels.add)
    let count = builder.tensor(output).elementCount
    builder.append(.add(step), units: count, work: Int64(count))
  }
}

/// A call of the addition kernel, for the elements of one part.
struct AddStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<SwlAddParams>, UnsafePointer<Int8>, UnsafePointer<Int8>,
      UnsafeMutablePointer<Int8>, Int64
    ) -> Void

  let parameters: SwlAddParams
  let a: UnsafePointer<Int8>
  let b: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let kernel: Kernel

  func run(_ units: Range<Int32>) {
    var parameters = parameters
    let first = Int(units.lowerBound)
    kernel(&parameters, a + first, b + first, output + first, Int64(units.length))
  }
}
