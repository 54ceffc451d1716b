import SwiftletPlatform

extension ONNXArray {
  /// Reads a tensor's elements.
  ///
  /// - Parameters:
  ///   - tensor: a description whose parts do not contradict each other.
  ///   - file: the model.
  ///   - folder: where other files may lie, ending in a slash or empty.
  /// - Throws: `ONNXProblem.model`, `.damaged`, `.outOfMemory`.
  init(_ tensor: ONNXTensor, _ file: FileBytes, folder: String) throws(ONNXProblem) {
    shape = tensor.shape
    type = tensor.type
    switch tensor.storage {
    case .floats(let values): contents = .floats(values)
    case .integers(let values): contents = Self.stored(values, tensor.type)
    case .raw(let range):
      contents = try Self.read(tensor.type, file, at: range.lowerBound, byteCount: range.count)
    case .external(let location, let offset, let length):
      let name = quoted(tensor.name.text)
      let other: FileBytes
      do throws(ImportError) {
        other = try FileBytes(path: folder + location)
      } catch {
        throw .model("tensor \(name) is in another file: \(error)")
      }
      let length = length ?? 0
      guard other.range(at: offset, length: length) != nil else {
        throw .model(
          "tensor \(name) is at byte \(offset) of \(quoted(location)), \(length) bytes long, but that "
            + "has \(other.count)")
      }
      contents = try Self.read(tensor.type, other, at: offset, byteCount: length)
      do throws(ImportError) {
        try other.checkWasRead(path: folder + location)
      } catch {
        throw .model("tensor \(name) is in another file: \(error)")
      }
    }
  }

  /// What fields of 32 or 64 bits hold of narrower types.
  private static func stored(_ values: [Int64], _ type: ONNXType) -> Contents {
    switch type {
    case .float16:
      .floats(values.map { ElementType.widen(half: UInt16(truncatingIfNeeded: $0)) })
    case .bfloat16:
      .floats(values.map { Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16) })
    case .float32, .float64, .uint8, .int8, .uint16, .int16, .int32, .int64, .string, .bool,
      .uint32, .uint64:
      .integers(values)
    }
  }

  private static func read(
    _ type: ONNXType, _ file: FileBytes, at start: Int, byteCount: Int
  ) throws(ONNXProblem) -> Contents {
    guard let element = type.element else { throw .model("tensors of text are not read") }
    let count = byteCount / element.size
    let length = Memory.sum([count, count, count, count, count, count, count, count])
    if !Memory.isAvailable(length) { throw .outOfMemory(byteCount: length) }
    if element.isFloat {
      return .floats(TensorValues.contiguous(element, file, at: start, count: count))
    }
    var values: [Int64] = []
    values.reserveCapacity(count)
    file.forEachPiece(of: start..<(start + count * element.size)) { bytes in
      for index in 0..<(bytes.count / element.size) {
        values.append(integer(element, bytes, index * element.size))
      }
    }
    return .integers(values)
  }

  private static func integer(
    _ type: ElementType, _ bytes: UnsafeRawBufferPointer, _ offset: Int
  ) -> Int64 {
    func load<Value: FixedWidthInteger>(_: Value.Type) -> Int64 {
      Int64(
        truncatingIfNeeded: Value(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)))
    }
    return switch type {
    case .int64: load(Int64.self)
    case .uint64: load(UInt64.self)
    case .int32: load(Int32.self)
    case .uint32: load(UInt32.self)
    case .int16: load(Int16.self)
    case .uint16: load(UInt16.self)
    case .int8: load(Int8.self)
    case .uint8, .bool: load(UInt8.self)
    case .float64, .float32, .float16, .bfloat16: 0
    }
  }
}
