import Foundation
import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletCompare

/// Outputs of a network's owner, as numpy.save writes them.
@Suite struct ReferenceTests {
  /// Format 1.0: magic, version, length of the header, header padded with blanks to a multiple of 64.
  private func numpy(
    _ header: String, _ data: [UInt8], version: UInt8 = 1
  ) -> [UInt8] {
    let start = version == 1 ? 10 : 12
    let length = (start + header.utf8.count + 1 + 63) / 64 * 64 - start
    var bytes: [UInt8] = [0x93]
    bytes += Array("NUMPY".utf8)
    bytes += [version, 0, UInt8(length & 255), UInt8(length >> 8)]
    if version > 1 { bytes += [0, 0] }
    bytes += Array(header.utf8)
    bytes += [UInt8](repeating: 0x20, count: length - header.utf8.count - 1)
    bytes.append(0x0A)
    return bytes + data
  }

  private func littleEndian<Bits: FixedWidthInteger>(_ values: [Bits]) -> [UInt8] {
    values.flatMap { bits in
      (0..<Bits.bitWidth / 8).map { UInt8(truncatingIfNeeded: bits >> Bits(8 * $0)) }
    }
  }

  private func bytes(_ values: [Float]) -> [UInt8] { littleEndian(values.map(\.bitPattern)) }

  private func bytes(_ values: [Double]) -> [UInt8] { littleEndian(values.map(\.bitPattern)) }

  private func header(_ kind: String, _ shape: String, fortran: Bool = false) -> String {
    "{'descr': '\(kind)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }"
  }

  private func read(
    _ file: [UInt8], images: Int, outputs: Int
  ) throws -> ReferenceOutputs {
    try withTemporaryFolder { folder in
      let path = folder + "/reference.npy"
      try Data(file).write(to: URL(fileURLWithPath: path))
      return try ReferenceOutputs(path: path, images: images, outputs: outputs)
    }
  }

  private func problem(_ file: [UInt8], images: Int = 2, outputs: Int = 2) -> String? {
    do {
      _ = try read(file, images: images, outputs: outputs)
      return nil
    } catch let error as ReferenceError {
      return "\(error)"
    } catch {
      return "another error: \(error)"
    }
  }

  @Test func rowsOfEveryKind() throws {
    let single = numpy(header("<f4", "(2, 3)"), bytes([1, 2, 3, 4, 5, 6.5] as [Float]))
    let found = try read(single, images: 2, outputs: 3)
    #expect(Array(found.row(0)) == [1, 2, 3] && Array(found.row(1)) == [4, 5, 6.5])
    let double = numpy(header("<f8", "(2, 1)"), bytes([0.5, -2] as [Double]), version: 2)
    #expect(Array(try read(double, images: 2, outputs: 1).row(1)) == [-2])
    let flat = numpy(header("<f4", "(2,)"), bytes([0.5, -2] as [Float]))
    #expect(Array(try read(flat, images: 2, outputs: 1).row(0)) == [0.5])
  }

  @Test func whatIsNotUsable() {
    let four = bytes([1, 2, 3, 4] as [Float])
    #expect(problem(numpy(header("<f4", "(2, 2)"), four)) == nil)
    let cases: [([UInt8], String)] = [
      ([], "expected a NumPy array"), (Array("PK\u{3}\u{4} not an array".utf8), "NumPy array"),
      (numpy(header("<i8", "(2, 2)"), four), "expected float32 numbers, found '<i8'"),
      (numpy(header(">f4", "(2, 2)"), four), "found '>f4'"),
      (numpy(header("<f4", "(2, 2)", fortran: true), four), "ascontiguousarray"),
      (numpy(header("<f4", "(2, 2)"), four + [0]), "do not agree"),
      (numpy(header("<f4", "(9223372036854775807, 9223372036854775807)"), four), "too large"),
      (numpy(header("<f4", "(-2, 2)"), four), "does not say its shape"),
      (numpy(header("<f4", "(1, 4)"), four), "expected 2 rows"),
      (numpy(header("<f4", "(4,)"), four), "found an array of shape [4]"),
      (numpy("{}", four), "does not say what its elements are"),
      (numpy(header("<f4", "(2, 2)"), bytes([1, 2, .nan, 4] as [Float])), "row 1"),
      (Array(numpy(header("<f4", "(2, 2)"), four).prefix(40)), "cut short"),
    ]
    for (file, words) in cases {
      #expect(problem(file)?.contains(words) == true, "\(words): \(problem(file) ?? "read")")
    }
  }

  @Test func differencesBeyondRounding() throws {
    let file = numpy(header("<f4", "(2, 2)"), bytes([10, -1, 0.5, 0.25] as [Float]))
    let reference = try read(file, images: 2, outputs: 2)
    // A thousandth of the row's largest number is rounding, a hundredth is not.
    #expect(reference.difference(row: 0, path: "a.png", [10.01, -1.01]) == nil)
    // An image of two channels and one pixel has one order.
    let shape = Shape(1, 1, 1, 2)
    #expect(reference.difference(row: 0, path: "a.png", [10.06, -1.4], shape: shape) != nil)
    // One of two pixels may stand in the owner's order, channels first.
    let image = try read(
      numpy(header("<f4", "(1, 4)"), bytes([1, 2, 3, 4] as [Float])), images: 1, outputs: 4)
    let pixels = Shape(1, 1, 2, 2)
    #expect(image.difference(row: 0, path: "a.png", [1, 3, 2, 4], shape: pixels) == nil)
    #expect(image.difference(row: 0, path: "a.png", [1, 2, 3, 4], shape: pixels) == nil)
    #expect(image.difference(row: 0, path: "a.png", [4, 3, 2, 1], shape: pixels) != nil)
    let found = try #require(reference.difference(row: 0, path: "a.png", [10.06, -1.4]))
    #expect(found.output == 1 && found.expected == -1 && found.found == -1.4)
    #expect("\(found)".hasPrefix("a.png: expected -1.0 at output 1"))
    #expect(reference.difference(row: 1, path: "b.png", [0.5, .nan]) != nil)
    #expect(reference.difference(row: 1, path: "b.png", [10, -1]) != nil)
  }

  /// By hand: (1, 0) and (3, 4) enclose an angle of cosine 3/5.
  @Test func cosines() {
    #expect(Scores.similarity([1, 0], [3, 4]) == 0.6)
    #expect(Scores.similarity([2, -2], [-1, 1]).rounded(.toNearestOrEven) == -1)
    #expect(Scores.similarity([0, 0], [1, 1]) == 0)
  }
}
