internal import CSwiftletKernels

/// A 256-byte table applied to each element: y = table[x + 128].
final class Lookup: Operation, @unchecked Sendable {
  private let table: ByteView

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(1)
    let shape = reader.input
    try reader.requireShape(shape.height, shape.width, shape.channels)
    table = try reader.arrays(of: LookupParameters.self, length: BundleLayout.tableLength)
    super.init(reader.header, movedCount: Int64(shape.elementCount))
  }

  override var name: StaticString { "lookup" }
  override var rows: RowDependence { .same }
  override var channels: ChannelDependence { .same }

  private var results: UnsafePointer<Int8> { table.base.assumingMemoryBound(to: Int8.self) }

  override func addSteps(to builder: inout StepBuilder) {
    let (input, output) = (builder.input(operands[0]), builder.output(output))
    let (table, kernel) = (results, builder.kernels.lookup)
    builder.append(units: builder.tensor(self.output).elementCount, work: work) { elements, _ in
      let first = Int(elements.lowerBound)
      kernel(table, input + first, output + first, Int64(elements.length))
    }
  }

  override func rowCall(_ builder: StepBuilder) -> RowCall {
    let (table, kernel) = (results, builder.kernels.lookup)
    let shape = builder.tensor(output)
    let rowLength = Int64(shape.width * shape.channels)
    return RowCall(nil, input: shape, output: shape) { rows, _, input, output in
      kernel(table, input, output, Int64(rows.length) * rowLength)
    }
  }

  /// By the copy's kernel, which knows wider pixels.
  override func channelCall(_ builder: StepBuilder) -> ChannelCall {
    let kernel = builder.kernels.copy
    let shape = builder.tensor(output)
    let pixels = Int32(shape.pixels)
    var box = SwlCopyParams()
    box.table = results
    box.size.0 = pixels
    return { [box] slice in
      var box = box
      swl_copy_set_channels(&box, Int32(slice.count), Int64(slice.outputStep(shape.channels)))
      kernel(&box, slice.input, slice.output, 0, pixels)
    }
  }
}
