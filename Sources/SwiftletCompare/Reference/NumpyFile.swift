import SwiftletPlatform

/// Why a NumPy file of outputs cannot be used.
public enum ReferenceError: Error, Equatable, Sendable {
  /// The file cannot be read; why.
  case unreadable(path: String, reason: String)
  /// The file is no NumPy array, or not of the kind that is needed.
  case notArray(path: String, problem: String)
  /// The array has not a row an image or not a column an output.
  case shape(path: String, expected: [Int], found: [Int])
  /// A row holds an infinity or something that is not a number.
  case notFinite(path: String, row: Int)
}

extension ReferenceError: CustomStringConvertible {
  /// One sentence without a full stop.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .notArray(let path, let problem): "\(path): \(problem)"
    case .shape(let path, let expected, let found):
      "\(path): expected \(expected[0]) rows, one an image of the list, of \(expected[1]) "
        + "numbers, one an output; found an array of shape \(found)"
    case .notFinite(let path, let row):
      "\(path): row \(row) holds an infinity or something that is not a number"
    }
  }
}

/// A float array from a `.npy` file, as `numpy.save` writes it.
struct NumpyFile {
  /// The lengths of the dimensions, outermost first.
  let shape: [Int]
  /// In row-major order.
  let values: [Float]

  /// More bytes than this are refused: 100,000 rows of 1,000 numbers have 400 MB.
  private static let lengthLimit = 1 << 30
  private static let headerLimit = 4096

  /// Reads an array of float32 or float64, the latter rounded to the nearest float32.
  ///
  /// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
  init(path: String) throws(ReferenceError) {
    let file: FileContents
    do throws(FileProblem) {
      file = try FileContents(path: path, .read, limit: Self.lengthLimit)
    } catch {
      if case .tooLong(let length) = error {
        throw .unreadable(
          path: path, reason: "it has \(length) bytes, more than the \(Self.lengthLimit) allowed")
      }
      throw .unreadable(path: path, reason: String(cString: strerror(error.number)))
    }
    do throws(Problem) {
      (shape, values) = try file.withUnsafeBytes { bytes -> Result<([Int], [Float]), Problem> in
        do throws(Problem) {
          return .success(try Self.parse(bytes))
        } catch {
          return .failure(error)
        }
      }.get()
    } catch {
      throw .notArray(path: path, problem: error.text)
    }
  }

  private struct Problem: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  private static func parse(
    _ bytes: UnsafeRawBufferPointer
  ) throws(Problem) -> (shape: [Int], values: [Float]) {
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(magic) else {
      throw Problem("expected a NumPy array (numpy.save), found another kind of file")
    }
    let isLong = bytes[6] > 1
    guard (1...3).contains(bytes[6]), !isLong || bytes.count >= 12 else {
      throw Problem("its format \(bytes[6]) is not known")
    }
    let start = isLong ? 12 : 10
    let length =
      isLong
      ? Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
      : Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
    guard length <= headerLimit, start + length <= bytes.count else {
      throw Problem("its header is cut short")
    }
    let header = String(
      decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]), as: UTF8.self)
    guard let kind = text(after: "'descr':", in: header) else {
      throw Problem("its header does not say what its elements are")
    }
    guard kind == "<f4" || kind == "<f8" else {
      throw Problem("expected float32 numbers, found '\(kind)'; save them with .astype('float32')")
    }
    guard header.contains(part: "'fortran_order': False") else {
      throw Problem("its columns stand before its rows; save it with numpy.ascontiguousarray(…)")
    }
    guard let shape = shape(in: header) else {
      throw Problem("its header does not say its shape")
    }
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { throw Problem("its shape \(shape) is too large") }
      count = product
    }
    let size = kind == "<f4" ? 4 : 8
    let data = bytes.count - start - length
    guard count <= data / size, count * size == data else {
      throw Problem("its shape \(shape) and the \(data) bytes that follow do not agree")
    }
    guard Memory.isAvailable(count * 4) else { throw Problem("there is not enough memory for it") }
    let first = start + length
    let values = (0..<count).map { index in
      let at = first + index * size
      return size == 4
        ? Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        )
        : Float(
          Double(
            bitPattern: UInt64(
              littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))))
    }
    return (shape, values)
  }

  /// The text in quotes after a key of the header.
  private static func text(after key: String, in header: String) -> String? {
    guard let rest = rest(after: key, in: header), rest.first == "'" else { return nil }
    return String(rest.dropFirst().prefix { $0 != "'" })
  }

  /// The whole numbers in the parentheses of the shape.
  private static func shape(in header: String) -> [Int]? {
    guard let rest = rest(after: "'shape':", in: header), rest.first == "(" else { return nil }
    var shape: [Int] = []
    for word in rest.dropFirst().prefix(while: { $0 != ")" }).split(separator: ",") {
      let digits = word.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let length = Int(digits), length >= 0, shape.count < 8 else { return nil }
      shape.append(length)
    }
    return shape
  }

  private static func rest(after key: String, in header: String) -> Substring? {
    let text = Array(header.utf8)
    let wanted = Array(key.utf8)
    guard text.count >= wanted.count else { return nil }
    for start in 0...(text.count - wanted.count)
    where text[start..<start + wanted.count].elementsEqual(wanted) {
      return Substring(String(decoding: text[(start + wanted.count)...], as: UTF8.self))
        .drop { $0 == " " }
    }
    return nil
  }
}
