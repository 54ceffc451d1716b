import SwiftletPlatform

/// What is wrong with one tensor of a weight file.
public enum TensorProblem: Error, Equatable, Sendable {
  /// The element type is not known or not supported.
  case elementType(String)
  /// More dimensions than any weight has.
  case rank(Int)
  /// The product of the dimensions overflows.
  case shapeOverflow([Int])
  /// The shape and type need another number of bytes than the file gives the tensor.
  case byteCount(shape: [Int], expected: Int, found: Int)
  /// The tensor's bytes lie outside the file's data.
  case outsideData(begin: Int, end: Int, dataLength: Int)
  /// The tensor reaches an element that its storage does not have.
  case outsideStorage(lastElement: Int, storageCount: Int)
  /// The storage that the tensor refers to is not in the file.
  case missingStorage(key: String)
  /// The storage is shorter than the pickle says; both in bytes.
  case shortStorage(key: String, expected: Int, found: Int)
  /// There is not enough memory for its values.
  case outOfMemory(byteCount: Int)
  /// All tensors together have too many values for a file of this size.
  case tooManyValues(limit: Int)
}

extension TensorProblem: CustomStringConvertible {
  /// The problem as a clause, to stand after the name of the file or tensor.
  public var description: String {
    switch self {
    case .elementType(let name):
      "elements of type \(quoted(name)) are not supported (F64, F32, F16 and BF16 are)"
    case .rank(let rank):
      "it has \(rank) dimensions, more than the \(WeightLimits.rank) allowed"
    case .shapeOverflow(let shape):
      "the number of elements of shape \(shape) overflows"
    case .byteCount(let shape, let expected, let found):
      "shape \(shape) needs \(expected) bytes, found \(found)"
    case .outsideData(let begin, let end, let length):
      "its bytes \(begin)..<\(end) are not inside the \(length) bytes of data"
    case .outsideStorage(let last, let count):
      "it reaches element \(last) of a storage of \(count) elements"
    case .missingStorage(let key):
      "its storage \(quoted(key)) is not in the file"
    case .shortStorage(let key, let expected, let found):
      "its storage \(quoted(key)) should have \(expected) bytes, found \(found)"
    case .outOfMemory(let count):
      "its values need \(count) bytes of memory, which are not available"
    case .tooManyValues(let limit):
      "with it the tensors have more than \(limit) values, too many for a file of this size"
    }
  }
}

extension TensorProblem {
  /// Throws unless there is memory for `count` values.
  static func requireMemory(values count: Int) throws(TensorProblem) {
    let bytes = Memory.floats([count])
    if !Memory.isAvailable(bytes) { throw .outOfMemory(byteCount: bytes) }
  }
}

/// Limits that keep damaged or hostile files from using unbounded time or memory.
enum WeightLimits {
  /// The dimensions of a tensor.
  static let rank = 32
  /// The bytes of a safetensors header, the format's own limit.
  static let safetensorsHeader = 100_000_000
  /// The values in a safetensors header.
  static let jsonValues = 2_000_000
  /// The nesting of a safetensors header; valid ones have three levels.
  static let jsonDepth = 16
  /// The values pushed or copied while a pickle is read.
  static let pickleValues = 4_000_000
  /// The files in a zip archive.
  static let zipEntries = 1_000_000
  /// The bytes of a tensor's name.
  static let nameLength = 1024

  /// The values of all tensors together.
  ///
  /// Strides let a small file describe large tensors, and weights may share a storage, so the
  /// bound leaves room above what the file's own bytes can hold.
  static func values(fileLength: Int) -> Int {
    let (doubled, overflow) = fileLength.multipliedReportingOverflow(by: 2)
    return overflow ? Int.max : max(1 << 24, doubled)
  }

  /// The product of the dimensions; nil if it overflows, or a partial product does.
  static func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }
}
