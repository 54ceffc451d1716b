internal import CSwiftletKernels

/// The channels of several tensors side by side, each through a 256-byte table where its scale is
/// not the output's.
struct Concat: Sendable {
  let inputs: [Int]
  let output: Int
  /// One for each input; nil where the bytes are copied unchanged.
  let tables: [ByteView?]

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireZeros(except: [.flags, .parameters])
    inputs = reader.operands
    output = reader.output
    let flags = reader.record.flags
    try reader.check.require(
      flags >> inputs.count == 0, "flags", Int(clamping: flags), "a bit for each operand at most")
    let all = try reader.parameters(flags.nonzeroBitCount * BundleLayout.tableLength)
    if flags == 0 { try reader.requireZeros(except: [.flags]) }
    var tables: [ByteView?] = []
    var used = 0
    var channels = 0
    for (position, input) in zip(0..<inputs.count, inputs) {
      let shape = reader.tensor(input)
      try reader.check.require(
        shape.height == reader.input.height && shape.width == reader.input.width, "operand", input,
        "a tensor as high and wide as the first operand")
      channels += shape.channels
      if flags >> position & 1 == 1 {
        tables.append(all.slice(used * BundleLayout.tableLength, BundleLayout.tableLength))
        used += 1
      } else {
        tables.append(nil)
      }
    }
    self.tables = tables
    try reader.requireShape(reader.input.height, reader.input.width, channels)
  }

  func addSteps(to builder: inout StepBuilder) {
    let shape = builder.tensor(output)
    var start = 0
    for (input, table) in zip(inputs, tables) {
      let channels = builder.tensor(input).channels
      let step = ConcatStep(
        table: table?.base.assumingMemoryBound(to: Int8.self), input: builder.input(input),
        output: builder.output(output) + start, channels: Int32(channels),
        outputChannels: Int32(shape.channels), kernel: builder.kernels.concat)
      builder.append(.concat(step), units: shape.pixels, work: Int64(shape.pixels * channels))
      start += channels
    }
  }
}

/// A call of the concatenation kernel for one input, for the pixels of one part.
struct ConcatStep {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<Int8>?, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>, Int64, Int32, Int32
    ) -> Void

  let table: UnsafePointer<Int8>?
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let channels: Int32
  let outputChannels: Int32
  let kernel: Kernel

  func run(_ units: Range<Int32>) {
    let first = Int(units.lowerBound)
    kernel(
      table, input + first * Int(channels), output + first * Int(outputChannels),
      Int64(units.length), channels, outputChannels)
  }
}
