internal import CSwiftletKernels

/// Elements moved from several tensors to one, each perhaps through a 256-byte table.
struct Copy: Sendable {
  let inputs: [Int]
  let output: Int
  let pieces: [CopyPiece]
  let tables: [ByteView]
  let fill: Int8?
  /// Elements written, those that are filled first included.
  let movedCount: Int64

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(CopyParameters.self)
    inputs = reader.operands
    output = reader.output
    fill = parameters.fill
    let arrays = try reader.arrays(of: CopyParameters.self, length: parameters.arraysLength)
    var pieces: [CopyPiece] = []
    var isRead = [Bool](repeating: false, count: inputs.count)
    var isUsed = [Bool](repeating: false, count: parameters.tableCount)
    var count: Int64 = 0
    for index in 0..<parameters.pieceCount {
      let view = arrays.slice(index * BundleLayout.copyPieceLength, BundleLayout.copyPieceLength)
      let piece = try CopyPiece(
        view, operandCount: inputs.count, tableCount: parameters.tableCount, reader.check)
      isRead[piece.operand] = true
      if let table = piece.table { isUsed[table] = true }
      count += try piece.checkedCount(
        source: reader.tensor(inputs[piece.operand]).elementCount,
        destination: reader.outputTensor.elementCount, reader.check)
      pieces.append(piece)
    }
    let used = parameters.pieceCount * BundleLayout.copyPieceLength
    let padding = arrays.slice(used, parameters.piecesLength - used)
    try reader.check.require(padding.isZero, "reserved bytes", 1, "zeros")
    try reader.check.require(
      isRead.allSatisfy { $0 }, "piece operand", 0, "each operand to be read")
    try reader.check.require(isUsed.allSatisfy { $0 }, "piece table", 0, "each table to be used")
    var tables: [ByteView] = []
    for index in 0..<parameters.tableCount {
      let start = parameters.piecesLength + index * BundleLayout.tableLength
      tables.append(arrays.slice(start, BundleLayout.tableLength))
    }
    self.pieces = pieces
    self.tables = tables

    let outputCount = Int64(reader.outputTensor.elementCount)
    try reader.check.require(
      fill == nil ? count == outputCount : count <= outputCount, "piece size",
      Int(clamping: count), "pieces that write each element of the output once")
    let isRight = CopyCoverage.isDisjoint(pieces, elementCount: Int(outputCount))
    try reader.check.require(
      isRight, "destination start", pieces[0].destinationStart,
      "pieces that write no element of the output twice")
    movedCount = count + (fill == nil ? 0 : outputCount)
  }

  func addSteps(to builder: inout StepBuilder) {
    let destination = builder.output(output)
    let count = builder.tensor(output).elementCount
    if let fill {
      builder.append(
        .fill(FillStep(output: destination, value: fill)), units: count, work: Int64(count))
    }
    for piece in pieces {
      let loop = CopyLoop(piece)
      let table = piece.table.map { tables[$0].base.assumingMemoryBound(to: Int8.self) }
      let step = CopyStep(
        dimensions: loop.allocated(), rank: loop.dimensions.count, table: table,
        input: builder.input(inputs[piece.operand]) + piece.sourceStart,
        output: destination + piece.destinationStart, lookup: builder.kernels.lookup)
      builder.append(
        .copy(step), units: loop.dimensions[0].size, work: Int64(loop.elementCount))
    }
  }
}

extension CopyPiece {
  /// How many elements the piece moves, all of which are within tensors of these lengths.
  fileprivate func checkedCount(
    source: Int, destination: Int, _ check: RecordCheck
  ) throws(BundleError) -> Int64 {
    // Sizes and strides are at most 2²⁸, so that these sums fit in 64 bits.
    var (count, lastRead, lastWritten) = (Int64(1), Int64(sourceStart), Int64(destinationStart))
    for index in 0..<sizes.count {
      count *= Int64(sizes[index])
      try check.require(
        count <= Int64(destination), "piece size", sizes[index],
        "no more elements than the output has")
      lastRead += Int64(sizes[index] - 1) * Int64(sourceStrides[index])
      lastWritten += Int64(sizes[index] - 1) * Int64(destinationStrides[index])
    }
    try check.require(
      lastRead < Int64(source), "source start", sourceStart, "a piece within its operand")
    try check.require(
      lastWritten < Int64(destination), "destination start", destinationStart,
      "a piece within the output")
    return count
  }
}

/// A piece without the dimensions that do nothing: sizes of 1, and those that go on where the next
/// inner one ends.
struct CopyLoop {
  struct Dimension {
    var size: Int
    var sourceStride: Int
    var destinationStride: Int
  }

  /// One at least, the innermost last.
  private(set) var dimensions: [Dimension] = []

  var elementCount: Int { dimensions.reduce(1) { $0 * $1.size } }

  init(_ piece: CopyPiece) {
    for index in 0..<piece.sizes.count where piece.sizes[index] > 1 {
      let next = Dimension(
        size: piece.sizes[index], sourceStride: piece.sourceStrides[index],
        destinationStride: piece.destinationStrides[index])
      guard let last = dimensions.last,
        last.sourceStride == next.size * next.sourceStride,
        last.destinationStride == next.size * next.destinationStride
      else {
        dimensions.append(next)
        continue
      }
      dimensions[dimensions.count - 1] = Dimension(
        size: last.size * next.size, sourceStride: next.sourceStride,
        destinationStride: next.destinationStride)
    }
    if dimensions.isEmpty {
      dimensions = [Dimension(size: 1, sourceStride: 1, destinationStride: 1)]
    }
  }

  /// The dimensions at an address that does not move, to be deallocated with the step.
  func allocated() -> UnsafeMutablePointer<Dimension> {
    let start = UnsafeMutablePointer<Dimension>.allocate(capacity: dimensions.count)
    for (index, dimension) in zip(0..<dimensions.count, dimensions) {
      (start + index).initialize(to: dimension)
    }
    return start
  }
}

/// Moves a piece, for the indices of its outermost dimension that one part has.
struct CopyStep {
  typealias Lookup = LookupStep.Kernel

  let dimensions: UnsafeMutablePointer<CopyLoop.Dimension>
  let rank: Int
  let table: UnsafePointer<Int8>?
  let input: UnsafePointer<Int8>
  let output: UnsafeMutablePointer<Int8>
  let lookup: Lookup

  func run(_ units: Range<Int32>) {
    let outer = dimensions[0]
    let first = Int(units.lowerBound)
    move(
      0, count: Int(units.length), input + first * outer.sourceStride,
      output + first * outer.destinationStride)
  }

  private func move(
    _ index: Int, count: Int, _ source: UnsafePointer<Int8>,
    _ destination: UnsafeMutablePointer<Int8>
  ) {
    let (from, to) = (dimensions[index].sourceStride, dimensions[index].destinationStride)
    if index < rank - 1 {
      for step in 0..<count {
        move(
          index + 1, count: dimensions[index + 1].size, source + step * from,
          destination + step * to)
      }
    } else if from == 1 && to == 1 {
      if let table {
        lookup(table, source, destination, Int64(count))
      } else {
        destination.update(from: source, count: count)
      }
    } else if let table {
      for step in 0..<count { destination[step * to] = table[Int(source[step * from]) + 128] }
    } else {
      for step in 0..<count { destination[step * to] = source[step * from] }
    }
  }
}

/// Writes one value everywhere.
struct FillStep {
  let output: UnsafeMutablePointer<Int8>
  let value: Int8

  func run(_ units: Range<Int32>) {
    (output + Int(units.lowerBound)).update(repeating: value, count: Int(units.length))
  }
}
