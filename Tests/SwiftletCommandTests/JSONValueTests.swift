import Foundation
import SwiftletRunCommands
import SwiftletTestSupport
import Testing

@Suite("JSON")
struct JSONValueTests {
  private func parsed(_ value: JSONValue) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(value.text.utf8), options: .fragmentsAllowed)
  }

  @Test("Every ASCII character and others come back from an independent parser")
  func strings() throws {
    let ascii = String(String.UnicodeScalarView((0..<128).compactMap { Unicode.Scalar($0) }))
    for text in [ascii, "", "\"\\/", "é犬🐕\u{2028}\u{FEFF}", "</script>"] {
      #expect(try parsed(.string(text)) as? String == text)
    }
  }

  /// Foundation's parser on Linux is off by a few units in the last place, so exactness is checked
  /// on the digits.
  @Test("Doubles are JSON numbers and keep every bit")
  func doubles() throws {
    var generator = SplitMix64(seed: 7)
    var values = [
      0, -0.0, 1, -1.5, 1e-7, 1e16, .leastNonzeroMagnitude, Double.greatestFiniteMagnitude,
    ]
    for _ in 0..<500 {
      let value = Double(bitPattern: generator.next())
      if value.isFinite { values.append(value) }
    }
    for value in values {
      let found = try #require(try parsed(.number(value)) as? NSNumber)
      #expect(abs(found.doubleValue - value) <= abs(value) * 1e-14, "\(value)")
      #expect(Double(JSONValue.number(value).text)?.bitPattern == value.bitPattern)
    }
  }

  @Test("What JSON cannot say is null")
  func nonFinite() throws {
    for value in [Double.infinity, -.infinity, .nan] {
      #expect(JSONValue.number(value).text == "null")
      #expect(JSONValue.number(value, places: 3).text == "null")
    }
    #expect(JSONValue.number(Float.nan).text == "null")
  }

  @Test("Floats keep their own shortest digits, rounded numbers their decimals")
  func shortNumbers() {
    #expect(JSONValue.number(Float(0.1)).text == "0.1")
    #expect(JSONValue.number(2.0 / 3.0, places: 4).text == "0.6667")
  }

  @Test("Objects keep their order and nest")
  func objects() throws {
    let value = JSONValue.object([
      .init("b", 1), .init("a\n", .array([.null, .bool(true), .bool(false), "x"])),
      .init("c", .object([])),
    ])
    #expect(value.text == #"{"b": 1, "a\n": [null, true, false, "x"], "c": {}}"#)
    let object = try #require(try parsed(value) as? [String: Any])
    #expect((object["a\n"] as? [Any])?.count == 4)
  }
}
