import SwiftletPlatform
import Testing

@Suite("Text that is shown")
struct ShownTextTests {
  @Test("Controls, marks of direction and separators of lines are no text; all else is")
  func controls() {
    // Unicode 15, chapters 23.1 and 23.2.
    let controls: [ClosedRange<UInt32>] = [
      0...0x1F, 0x7F...0x9F, 0x61C...0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
    ]
    for value in UInt32(0)...0x2FFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let expected = controls.contains { $0.contains(value) }
      #expect(ShownText.isControl(scalar) == expected, "\(String(value, radix: 16))")
    }
    #expect(ShownText.isControl("\u{FEFF}") && !ShownText.isControl("犬"))
  }

  @Test("What is taken out leaves a mark, what is asked for stays")
  func cleaning() {
    let text = "a\u{1B}[2J\u{9B}\n\u{202E}gpj.é\u{200F}犬"
    #expect(ShownText.clean(text) == "a?[2J???gpj.é?犬")
    #expect(ShownText.clean(text, keeping: ["\n"]) == "a?[2J?\n?gpj.é?犬")
    #expect(ShownText.clean(text, with: "_") == "a_[2J___gpj.é_犬")
    #expect(ShownText.clean("plain ~") == "plain ~")
  }

  @Test("Only names that are too long are cut")
  func cutting() {
    let limit = String(repeating: "é", count: 120)
    #expect(ShownText.cut(limit) == limit)
    #expect(ShownText.cut(limit + "x") == limit + "…")
    #expect(ShownText.name("\u{7}" + limit) == "?" + limit.dropLast() + "…")
    #expect(ShownText.cut("") == "")
  }

  @Test("Texts are the same only if their bytes are")
  func bytes() {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(composed == decomposed)
    #expect(!composed.hasSameBytes(as: decomposed))
    #expect(composed.hasSameBytes(as: "\u{E9}") && "".hasSameBytes(as: ""))
    #expect(!"a".hasSameBytes(as: "ab") && !"ab".hasSameBytes(as: "a"))
  }
}
