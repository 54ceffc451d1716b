/// Turns stored elements into row-major floats.
enum TensorValues {
  /// All elements of `bytes`, in order; `type` must be a float type.
  static func contiguous(_ type: ElementType, _ bytes: UnsafeRawBufferPointer) -> [Float] {
    let count = bytes.count / type.size
    return [Float](unsafeUninitializedCapacity: count) { values, initialized in
      #if _endian(little)
        if type == .float32 {
          if let source = bytes.baseAddress, let target = values.baseAddress, count > 0 {
            UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
          }
          initialized = count
          return
        }
      #endif
      for index in 0..<count {
        values.initializeElement(at: index, to: type.load(bytes, index) ?? 0)
      }
      initialized = count
    }
  }

  /// The elements at `offset` + Σ index · stride, the last index running fastest.
  ///
  /// The caller has proven that every such element lies inside `bytes`, and has bounded the product
  /// of the shape.
  static func strided(
    _ type: ElementType, _ bytes: UnsafeRawBufferPointer, offset: Int, shape: [Int], strides: [Int]
  ) -> [Float] {
    let count = shape.reduce(1, *)
    guard count > 0 else { return [] }
    var values = [Float]()
    values.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    var element = offset
    for _ in 0..<count {
      values.append(type.load(bytes, element) ?? 0)
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
    return values
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
