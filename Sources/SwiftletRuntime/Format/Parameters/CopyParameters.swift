/// Elements moved: slices, concatenations, transposes, shuffles, repetitions, padding by a constant.
///
/// | field | offset |
/// | --- | --- |
/// | piece count | 0, uint32: 1 to 1024 |
/// | table count | 4, uint32: 0 to the piece count |
/// | has fill | 8, uint32: 0 or 1 |
/// | fill | 12, int32: −128 to 127; 0 without |
/// | reserved | 16, zeros |
/// | pieces | 64 |
/// | tables | the next multiple of 64, 256 bytes each |
public struct CopyParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.copy

  /// How many pieces follow.
  public var pieceCount: Int
  /// How many tables follow.
  public var tableCount: Int
  /// What the elements hold that no piece writes; nil when pieces write all.
  public var fill: Int8?

  /// Makes parameters for so many pieces and tables.
  public init(pieceCount: Int, tableCount: Int, fill: Int8? = nil) {
    self.pieceCount = pieceCount
    self.tableCount = tableCount
    self.fill = fill
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    pieceCount = try decoder.count("piece count", 1...BundleLayout.maximumPieces, "1 to 1024")
    tableCount = try decoder.count("table count", 0...pieceCount, "at most the piece count")
    let hasFill = try decoder.flag("has fill", "0, or 1 with a fill")
    let value = try decoder.int(
      "fill", hasFill ? -128...127 : 0...0, "−128 to 127, or 0 without a fill")
    fill = hasFill ? Int8(clamping: value) : nil
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.appendUInt32(pieceCount)
    encoder.appendUInt32(tableCount)
    encoder.appendUInt32(fill == nil ? 0 : 1)
    encoder.appendInt32(Int(fill ?? 0))
  }

  /// Bytes of the pieces, padding included.
  var piecesLength: Int {
    CheckedArithmetic.roundUp(
      pieceCount * BundleLayout.copyPieceLength, to: BundleLayout.alignment)
  }

  /// Bytes of the pieces and tables.
  var arraysLength: Int { piecesLength + tableCount * BundleLayout.tableLength }
}

/// A box of elements of one operand that a copy moves: for all indices i of `sizes`,
/// `output[destinationStart + Σ i·destinationStrides] = table(operand[sourceStart + Σ i·sourceStrides])`.
///
/// 96 bytes, uint32 each: operand, table (0 for none, else its index + 1), rank, source start,
/// destination start, reserved; then six sizes, source strides and destination strides, zeros past
/// the rank. All are counts of elements.
public struct CopyPiece: Equatable, Sendable {
  /// Which of the operation's operands is read.
  public var operand: Int
  /// Which of the copy's tables elements go through, if any.
  public var table: Int?
  /// The first element that is read.
  public var sourceStart: Int
  /// The first element that is written.
  public var destinationStart: Int
  /// 1 to 6 dimensions, the innermost last.
  public var sizes: [Int]
  /// For each dimension; 0 repeats an element.
  public var sourceStrides: [Int]
  /// For each dimension.
  public var destinationStrides: [Int]

  /// Makes a piece.
  public init(
    operand: Int, sizes: [Int], sourceStart: Int = 0, sourceStrides: [Int],
    destinationStart: Int = 0, destinationStrides: [Int], table: Int? = nil
  ) {
    let ranks = 1...BundleLayout.maximumRank
    precondition(
      ranks.contains(sizes.count) && sourceStrides.count == sizes.count
        && destinationStrides.count == sizes.count)
    self.operand = operand
    self.table = table
    self.sourceStart = sourceStart
    self.destinationStart = destinationStart
    self.sizes = sizes
    self.sourceStrides = sourceStrides
    self.destinationStrides = destinationStrides
  }

  /// Reads a piece; `view` holds its 96 bytes.
  init(
    _ view: ByteView, operandCount: Int, tableCount: Int, _ check: RecordCheck
  ) throws(BundleError) {
    var decoder = RecordDecoder(view, check)
    operand = try decoder.count(
      "piece operand", 0...(operandCount - 1), "the index of an operand")
    let table = try decoder.count("piece table", 0...tableCount, "at most the table count")
    self.table = table == 0 ? nil : table - 1
    let rank = try decoder.count("piece rank", 1...BundleLayout.maximumRank, "1 to 6")
    let limit = BundleLayout.maximumTensorLength
    sourceStart = try decoder.count("source start", 0...limit, "at most 2²⁸")
    destinationStart = try decoder.count("destination start", 0...limit, "at most 2²⁸")
    try decoder.skipZeros(4)
    let unused = 4 * (BundleLayout.maximumRank - rank)
    sizes = []
    for _ in 0..<rank { sizes.append(try decoder.count("piece size", 1...limit, "1 to 2²⁸")) }
    try decoder.skipZeros(unused)
    sourceStrides = []
    for _ in 0..<rank {
      sourceStrides.append(try decoder.count("source stride", 0...limit, "at most 2²⁸"))
    }
    try decoder.skipZeros(unused)
    destinationStrides = []
    for _ in 0..<rank {
      destinationStrides.append(try decoder.count("destination stride", 0...limit, "at most 2²⁸"))
    }
    try decoder.skipZeros(unused)
  }

  /// The 96 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    let table = table.map { $0 + 1 } ?? 0
    for value in [operand, table, sizes.count, sourceStart, destinationStart, 0] {
      encoder.appendUInt32(value)
    }
    let unused = [Int](repeating: 0, count: BundleLayout.maximumRank - sizes.count)
    for value in sizes + unused + sourceStrides + unused + destinationStrides + unused {
      encoder.appendUInt32(value)
    }
    return encoder.bytes
  }
}
