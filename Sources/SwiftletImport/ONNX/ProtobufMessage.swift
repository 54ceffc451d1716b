/// A message in the wire format of Protocol Buffers, read where it lies in its file.
///
/// Source: "Encoding" of the Protocol Buffers documentation. Groups, which have been deprecated since
/// version 2, are refused.
struct ProtobufMessage {
  let file: FileBytes
  /// Where it lies; inside the file.
  let range: Range<Int>

  init(_ file: FileBytes, _ range: Range<Int>) {
    self.file = file
    self.range = range
  }

  /// Calls `body` for each field in order.
  ///
  /// - Throws: `ONNXProblem.damaged` where the bytes are no message; and what `body` throws.
  func forEachField(
    _ body: (ProtobufField) throws(ONNXProblem) -> Void
  ) throws(ONNXProblem) {
    var cursor = ProtobufCursor(file, range)
    while let field = try cursor.next() { try body(field) }
  }
}

/// One field: its number and value.
struct ProtobufField {
  /// What a field holds, by its wire type.
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// Bytes, text, a message or packed numbers.
    case bytes(Range<Int>)
  }

  let number: Int
  let value: Value
  fileprivate let file: FileBytes

  private func mismatch(_ expected: StaticString) -> ONNXProblem {
    .damaged("field \(number) is no \(expected)")
  }

  /// A signed integer, which is stored in two's complement.
  func integer() throws(ONNXProblem) -> Int64 {
    guard case .varint(let bits) = value else { throw mismatch("integer") }
    return Int64(bitPattern: bits)
  }

  /// A 32-bit float.
  func float() throws(ONNXProblem) -> Float {
    guard case .fixed32(let bits) = value else { throw mismatch("float") }
    return Float(bitPattern: bits)
  }

  /// The place of bytes.
  func bytes() throws(ONNXProblem) -> Range<Int> {
    guard case .bytes(let range) = value else { throw mismatch("string of bytes") }
    return range
  }

  /// A message in it.
  func message() throws(ONNXProblem) -> ProtobufMessage {
    ProtobufMessage(file, try bytes())
  }

  /// Text of a limited length.
  func text() throws(ONNXProblem) -> String {
    let range = try bytes()
    guard range.count <= WeightLimits.nameLength else {
      throw .damaged(
        "a name has \(range.count) bytes, at most \(WeightLimits.nameLength) are allowed")
    }
    guard let text = file.text(range) else { throw .damaged("a text is not UTF-8") }
    return text
  }

  /// Appends integers of a repeated field, packed or one by one.
  func append(to list: inout [Int64]) throws(ONNXProblem) {
    guard case .bytes(let range) = value else { return list.append(try integer()) }
    var cursor = ProtobufCursor(file, range)
    while !cursor.isAtEnd { list.append(Int64(bitPattern: try cursor.varint())) }
  }

  /// Appends floats of a repeated field, packed or one by one.
  func append(to list: inout [Float]) throws(ONNXProblem) {
    guard case .bytes(let range) = value else { return list.append(try float()) }
    guard range.count % 4 == 0 else { throw mismatch("list of floats") }
    list += TensorValues.contiguous(
      .float32, file, at: range.lowerBound, count: range.count / 4)
  }

  /// Appends doubles of a repeated field, packed or one by one, rounded to floats.
  func appendDoubles(to list: inout [Float]) throws(ONNXProblem) {
    switch value {
    case .fixed64(let bits): list.append(Float(Double(bitPattern: bits)))
    case .bytes(let range) where range.count % 8 == 0:
      list += TensorValues.contiguous(
        .float64, file, at: range.lowerBound, count: range.count / 8)
    case .bytes, .varint, .fixed32: throw mismatch("list of doubles")
    }
  }
}

/// Goes through the bytes of a message.
struct ProtobufCursor {
  private let file: FileBytes
  private let end: Int
  private var position: Int

  init(_ file: FileBytes, _ range: Range<Int>) {
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position >= end }

  /// The next field; nil at the end.
  mutating func next() throws(ONNXProblem) -> ProtobufField? {
    guard !isAtEnd else { return nil }
    let tag = try varint()
    let number = Int(truncatingIfNeeded: tag >> 3)
    guard tag >> 3 >= 1, tag >> 3 < 1 << 29 else {
      throw .damaged("there is no field \(tag >> 3), at byte \(position)")
    }
    let value: ProtobufField.Value
    switch tag & 7 {
    case 0: value = .varint(try varint())
    case 1: value = .fixed64(file.load(UInt64.self, at: try skip(8).lowerBound) ?? 0)
    case 2:
      let count = try varint()
      value = .bytes(try skip(Int(clamping: count)))
    case 5: value = .fixed32(file.load(UInt32.self, at: try skip(4).lowerBound) ?? 0)
    case let other: throw .damaged("wire type \(other) is not known, at byte \(position)")
    }
    return ProtobufField(number: number, value: value, file: file)
  }

  /// An integer in groups of seven bits, the least first.
  mutating func varint() throws(ONNXProblem) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end, let byte = file.byte(at: position) else {
        throw .damaged("it ends within a number, at byte \(position)")
      }
      position += 1
      if shift < 64 { result |= UInt64(byte & 0x7F) << shift }
      if byte < 0x80 { return result }
    }
    throw .damaged("a number is longer than ten bytes, at byte \(position)")
  }

  private mutating func skip(_ count: Int) throws(ONNXProblem) -> Range<Int> {
    guard count <= end - position else {
      throw .damaged(
        "a part of \(count) bytes begins at byte \(position), but \(end - position) are left")
    }
    defer { position += count }
    return position..<(position + count)
  }
}
