/// Turns stored elements into row-major floats.
enum TensorValues {
  /// `count` elements that follow each other from byte `start` of the file on; `type` must be a float
  /// type.
  ///
  /// The caller has proven that they lie inside the file, and that there is memory for them.
  static func contiguous(
    _ type: ElementType, _ file: FileBytes, at start: Int, count: Int
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, initialized in
      #if _endian(little)
        if type == .float32 {
          file.read(at: start, into: UnsafeMutableRawBufferPointer(rebasing: raw(values, count)))
          initialized = count
          return
        }
      #endif
      // A piece's length is a multiple of every element's.
      file.forEachPiece(of: start..<(start + count * type.size)) { bytes in
        for index in 0..<(bytes.count / type.size) {
          values.initializeElement(at: initialized + index, to: type.load(bytes, index) ?? 0)
        }
        initialized += bytes.count / type.size
      }
    }
  }

  private static func raw(
    _ values: UnsafeMutableBufferPointer<Float>, _ count: Int
  ) -> Slice<UnsafeMutableRawBufferPointer> {
    UnsafeMutableRawBufferPointer(values)[..<(count * MemoryLayout<Float>.size)]
  }

  /// The elements at Σ index · stride behind byte `start` of the file, the last index running fastest.
  ///
  /// The caller has proven that every such element lies inside the file, has bounded the product of the
  /// shape, and knows that there is memory for the values.
  static func strided(
    _ type: ElementType, _ file: FileBytes, at start: Int, shape: [Int], strides: [Int]
  ) -> [Float] {
    let count = shape.reduce(1, *)
    guard count > 0 else { return [] }
    let reach = zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    // All that lies between is read with them where that is not much more than they are: what is
    // transposed, and a part of each row. From far apart they are read one by one.
    guard reach / mostBetween <= count else {
      var values: [Float] = []
      values.reserveCapacity(count)
      forEachElement(shape, strides) { element in
        values.append(
          file.value(type, at: start + element * type.size))
      }
      return values
    }
    let bytes = file.bytes(start..<(start + reach * type.size))
    return bytes.withUnsafeBytes { bytes in
      var values: [Float] = []
      values.reserveCapacity(count)
      forEachElement(shape, strides) { values.append(type.load(bytes, $0) ?? 0) }
      return values
    }
  }

  /// How many times as many elements as are wanted may be read with them.
  private static let mostBetween = 4

  /// The bytes of memory that `strided` needs beside the values.
  static func stridedLength(_ type: ElementType, count: Int) -> Int {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: (mostBetween + 1) * type.size)
    return overflow ? .max : bytes
  }

  /// Calls `body` with Σ index · stride for each index, the last one running fastest.
  private static func forEachElement(_ shape: [Int], _ strides: [Int], _ body: (Int) -> Void) {
    var index = [Int](repeating: 0, count: shape.count)
    var element = 0
    for _ in 0..<shape.reduce(1, *) {
      body(element)
      // Advance the last index that is not at its end, and take back those behind it.
      var axis = shape.count - 1
      while axis >= 0 {
        if index[axis] + 1 < shape[axis] {
          index[axis] += 1
          element += strides[axis]
          break
        }
        element -= index[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// Whether the strides are those of row-major order; dimensions of length 1 do not matter.
  static func isContiguous(shape: [Int], strides: [Int]) -> Bool {
    var expected = 1
    for (length, stride) in zip(shape, strides).reversed() where length != 1 {
      if stride != expected { return false }
      expected *= length
    }
    return true
  }
}

extension FileBytes {
  /// The element of a float type at an offset; it must lie inside the file.
  fileprivate func value(_ type: ElementType, at offset: Int) -> Float {
    withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { buffer in
      let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<type.size])
      read(at: offset, into: bytes)
      return type.load(UnsafeRawBufferPointer(bytes), 0) ?? 0
    }
  }
}
