internal import CSwiftletKernels

/// Elements moved from several tensors to one, each perhaps through a 256-byte table.
final class Copy: Operation, @unchecked Sendable {
  private let pieces: [CopyPiece]
  private let fill: Int8?
  private let tables: [ByteView]

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(CopyParameters.self)
    fill = parameters.fill
    let arrays = try reader.arrays(of: CopyParameters.self, length: parameters.arraysLength)
    let destination = reader.outputTensor.elementCount
    var pieces: [CopyPiece] = []
    var isRead = [Bool](repeating: false, count: reader.operands.count)
    var isUsed = [Bool](repeating: false, count: parameters.tableCount)
    var count: Int64 = 0
    for index in 0..<parameters.pieceCount {
      let view = arrays.slice(index * BundleLayout.copyPieceLength, BundleLayout.copyPieceLength)
      let piece = try CopyPiece(
        view, operandCount: reader.operands.count, tableCount: parameters.tableCount, reader.check)
      isRead[piece.operand] = true
      if let table = piece.table { isUsed[table] = true }
      count += try piece.checkedCount(
        source: reader.tensor(reader.operands[piece.operand]).elementCount,
        destination: destination, reader.check)
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

    try reader.check.require(
      fill == nil ? count == Int64(destination) : count <= Int64(destination), "piece size",
      Int(clamping: count), "pieces that write each element of the output once")
    let coverage = CopyCoverage(pieces, elementCount: destination)
    try reader.check.require(
      try coverage.isDisjoint(), "destination start",
      pieces[0].destinationStart, "pieces that write no element of the output twice")
    // Elements that are filled first are written twice.
    super.init(
      reader.header, movedCount: count + (fill == nil ? 0 : Int64(destination)),
      checkedCount: coverage.stepCount)
  }

  override var name: StaticString { "copy" }
  override var movement: [CopyPiece] { fill == nil ? pieces : [] }

  override func addSteps(to builder: inout StepBuilder) {
    let destination = builder.output(output)
    if let fill {
      let count = builder.tensor(output).elementCount
      builder.append(units: count, work: Int64(count)) { elements, _ in
        (destination + Int(elements.lowerBound))
          .update(repeating: fill, count: Int(elements.length))
      }
    }
    let kernel = builder.kernels.copy
    for piece in pieces {
      let loop = CopyLoop(piece)
      let source = builder.input(operands[piece.operand]) + piece.sourceStart
      let start = destination + piece.destinationStart
      if piece.table == nil && source == UnsafePointer(start) {
        // The plan has laid the operand where it would be moved.
        if builder.pixelStep(operands[piece.operand]) != nil || loop.keepsStrides { continue }
      }
      var parameters = SwlCopyParams()
      parameters.table = piece.table.map { tables[$0].base.assumingMemoryBound(to: Int8.self) }
      parameters.set(loop)
      // Captured by value: a variable that is shared would be checked for exclusive access in each run.
      builder.append(units: loop.dimensions[0].size, work: Int64(loop.elementCount)) {
        [parameters] part, _ in
        var parameters = parameters
        kernel(&parameters, source, start, part.lowerBound, part.upperBound)
      }
    }
  }
}

extension SwlCopyParams {
  /// Sets the box.
  fileprivate mutating func set(_ loop: CopyLoop) {
    let dimensions = loop.dimensions
    rank = Int32(dimensions.count)
    withUnsafeMutableBytes(of: &size) { bytes in
      let sizes = bytes.bindMemory(to: Int32.self)
      for index in 0..<dimensions.count { sizes[index] = Int32(dimensions[index].size) }
    }
    withUnsafeMutableBytes(of: &input_stride) { bytes in
      let strides = bytes.bindMemory(to: Int64.self)
      for index in 0..<dimensions.count { strides[index] = Int64(dimensions[index].sourceStride) }
    }
    withUnsafeMutableBytes(of: &output_stride) { bytes in
      let strides = bytes.bindMemory(to: Int64.self)
      for index in 0..<dimensions.count {
        strides[index] = Int64(dimensions[index].destinationStride)
      }
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
