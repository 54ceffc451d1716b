internal import CSwiftletKernels

/// A 256-byte table applied to each element: y = table[x + 128].
struct Lookup: Sendable {
  let input: Int
  let output: Int
  let table: ByteView

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    input = reader.operands[0]
    output = reader.output
    let shape = reader.input
    try reader.requireShape(shape.height, shape.width, shape.channels)
    table = try reader.arrays(of: LookupParameters.self, length: BundleLayout.tableLength)
  }

  func addSteps(to builder: inout StepBuilder) {
    let step = step(builder, from: builder.input(input), to: builder.output(output))
    let count = builder.tensor(output).elementCount
    builder.append(.lookup(step), units: count, work: Int64(count))
  }

  /// The kernel call, with the addresses that the operation reads and writes.
  func step(
    _ builder: StepBuilder, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> LookupStep {
    LookupStep(
      table: table.base.assumingMemoryBound(to: Int8.self), input: source, output: destination,
      kernel: builder.kernels.lookup)
  }
}

/// A call of the table kernel, for the elements of one part.
struct LookupStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<Int8>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int64
    ) -> Void

  let table: UnsafePointer<Int8>
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let kernel: Kernel

  func run(_ units: Range<Int32>) {
    let first = Int(units.lowerBound)
    kernel(table, input + first, output + first, Int64(units.length))
  }
}
