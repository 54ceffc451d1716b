import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImage
@testable import SwiftletPixels

/// A file in this target's `Fixtures`, made by Tools/fixtures/make_images.py.
func fixturePath(_ name: String) -> String {
  repositoryRoot + "/Tests/SwiftletImageTests/Fixtures/" + name
}

/// The bytes of a fixture; a missing one is recorded as a failure.
func fixture(_ name: String) -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: fixturePath(name)) else {
    Issue.record("the fixture \(name) is missing")
    return []
  }
  return Array(data)
}

/// One line of a list of cases, and the image that Pillow gave for it.
struct Case: Sendable, CustomTestStringConvertible {
  let words: [String]
  let expected: PixelImage

  var testDescription: String { words.joined(separator: " ") }

  /// The number in a column of the line.
  func number(_ column: Int) -> Int { Int(words[column]) ?? -1 }

  /// The filter that the first column names.
  var filter: ResizeFilter? {
    switch words[0] {
    case "nearest": .nearest
    case "bilinear": .bilinear
    case "bicubic": .bicubic
    default: nil
    }
  }

  /// Reads `name`.txt, whose last two columns are the width and height, and `name`.rgb.
  static func all(_ name: String) -> [Case] {
    let bytes = fixture(name + ".rgb")
    var position = 0
    var cases: [Case] = []
    for line in String(decoding: fixture(name + ".txt"), as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard let width = Int(words[words.count - 2]), let height = Int(words[words.count - 1]),
        position + width * height * 3 <= bytes.count
      else {
        Issue.record("\(name).txt and \(name).rgb do not agree at the line \(line)")
        return cases
      }
      let pixels = Array(bytes[position..<(position + width * height * 3)])
      position += pixels.count
      cases.append(
        Case(words: words, expected: PixelImage(width: width, height: height, pixels: pixels)))
    }
    if position != bytes.count || cases.isEmpty {
      Issue.record("\(name).rgb is longer than \(name).txt says, or there are no cases")
    }
    return cases
  }
}

/// Expects two images to be equal, and says how much they differ rather than what they hold.
func expectEqual(
  _ found: PixelImage, _ expected: PixelImage, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.width == expected.width, found.height == expected.height else {
    Issue.record(
      """
      expected \(expected.width) × \(expected.height) pixels, \
      found \(found.width) × \(found.height)
      """, sourceLocation: sourceLocation)
    return
  }
  let differences = zip(found.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
  let count = differences.count { $0 != 0 }
  #expect(
    count == 0,
    "\(count) of \(differences.count) bytes differ, by at most \(differences.max() ?? 0)",
    sourceLocation: sourceLocation)
}

/// Decodes bytes, giving the error instead of throwing it.
func decode(_ bytes: [UInt8]) -> Result<PixelImage, ImageError> {
  bytes.withUnsafeBytes { buffer in
    do throws(ImageError) {
      return .success(try ImageReader.decode(buffer))
    } catch {
      return .failure(error)
    }
  }
}

/// The error of decoding; nil when it succeeded.
func decodingError(_ bytes: [UInt8]) -> ImageError? {
  switch decode(bytes) {
  case .success: nil
  case .failure(let error): error
  }
}

/// The error of reading a file; nil when it succeeded.
func readingError(_ path: String) -> ImageError? {
  do throws(ImageError) {
    _ = try ImageReader.read(path)
    return nil
  } catch {
    return error
  }
}
