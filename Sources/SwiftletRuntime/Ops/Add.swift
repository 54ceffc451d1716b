internal import CSwiftletKernels

/// The sum of two tensors of one shape: y = clamp((a·ma + b·mb + k) >> t).
struct Add: Sendable {
  let a: Int
  let b: Int
  let output: Int
  let multiplierA: Int32
  let multiplierB: Int32
  let addend: Int32
  let shift: Int32
  let clamp: OutputClamp

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(2)
    try reader.requireZeros(except: [.multiplierA, .multiplierB, .addend, .outputShift, .clamp])
    a = reader.operands[0]
    b = reader.operands[1]
    output = reader.output
    try reader.check.require(
      reader.tensor(a).hasSameShape(as: reader.tensor(b)), "second operand", b,
      "a tensor of the first operand's shape")
    let shape = reader.input
    try reader.requireShape(shape.height, shape.width, shape.channels)
    multiplierA = reader.record.multiplierA
    multiplierB = reader.record.multiplierB
    addend = reader.record.addend
    shift = reader.record.outputShift
    try reader.check.require(
      multiplierA >= 0 && multiplierA < 1 << 15, "multiplier a", Int(multiplierA), "0 to 2¹⁵ − 1")
    try reader.check.require(
      multiplierB >= 0 && multiplierB < 1 << 15, "multiplier b", Int(multiplierB), "0 to 2¹⁵ − 1")
    try reader.check.require(
      addend > -(1 << 30) && addend < 1 << 30, "addend", Int(addend), "between −2³⁰ and 2³⁰")
    try reader.check.require(shift >= 0 && shift <= 20, "output shift", Int(shift), "0 to 20")
    clamp = try reader.clamp()
  }

  func addSteps(to builder: inout StepBuilder) {
    let parameters = SwlAddParams(
      multiplier_a: multiplierA, multiplier_b: multiplierB, addend: addend, shift: shift,
      lo: clamp.lo, hi: clamp.hi)
    let step = AddStep(
      parameters: parameters, a: builder.input(a), b: builder.input(b),
      output: builder.output(output), kernel: builder.kernels.add)
    let count = builder.tensor(output).count
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
