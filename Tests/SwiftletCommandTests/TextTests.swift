import SwiftletRunCommands
import Testing

@Suite("Text")
struct TextTests {
  @Test(
    "Fixed decimals",
    arguments: [
      (0.0, 2, "0.00"), (1.005, 1, "1.0"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.125, 2, "0.13"),
      (-0.001, 2, "0.00"), (1234.5678, 3, "1234.568"), (0.000_05, 4, "0.0001"),
      (99.999, 2, "100.00"), (.infinity, 2, "inf"), (-.infinity, 2, "-inf"), (.nan, 1, "nan"),
    ])
  func fixed(value: Double, places: Int, expected: String) {
    #expect(Text.fixed(value, places) == expected)
  }

  @Test("Counts and sizes")
  func counts() {
    #expect(Text.grouped(0) == "0")
    #expect(Text.grouped(999) == "999")
    #expect(Text.grouped(1000) == "1,000")
    #expect(Text.grouped(-1_234_567) == "-1,234,567")
    #expect(Text.bytes(999) == "999 bytes")
    #expect(Text.bytes(3_420_000) == "3.42 MB")
    #expect(Text.counted(1, "class", "classes") == "1 class")
    #expect(Text.counted(1000, "class", "classes") == "1,000 classes")
    #expect(Text.percent(0.12345) == "12.35 %")
    #expect(Text.list(["a", "b", "c"]) == "a, b or c")
  }

  @Test("Tables are as wide as their longest cell and have no trailing spaces")
  func table() {
    let table = Text.table(
      ["name", "ms"], [["conv", "10.5"], ["classifier", "1"]], [.left, .right])
    #expect(
      table == """
          name          ms
          conv        10.5
          classifier     1
        """)
  }

  @Test("Lines break at spaces and are no longer than asked, but for long words")
  func wrapping() {
    #expect(Text.wrapped("one two three", 7) == ["one two", "three"])
    #expect(Text.wrapped("a incomprehensible b", 4) == ["a", "incomprehensible", "b"])
    #expect(Text.wrapped("", 4).isEmpty)
  }

  @Test("Control characters cannot reach the terminal")
  func printable() {
    #expect(Text.printable("a\u{1B}[2Jb\u{9B}c\nd é 犬") == "a?[2Jb?c?d é 犬")
  }

  @Test("Distances count insertions, deletions, substitutions and swaps")
  func distance() {
    #expect(Nearest.distance("kitten", "sitting") == 3)
    #expect(Nearest.distance("bnech", "bench") == 1)
    #expect(Nearest.distance("", "abc") == 3)
    #expect(Nearest.distance("same", "SAME") == 0)
  }

  @Test("Suggestions are near or contained, the nearest first")
  func nearest() {
    let names = ["features.3.conv.1", "features.13.conv.1", "classifier.1", "input"]
    #expect(Nearest.matches("features.3.conv.l", in: names).first == "features.3.conv.1")
    #expect(Nearest.matches("conv.1", in: names).count == 2)
    #expect(Nearest.matches("xyz", in: names).isEmpty)
    #expect(Nearest.matches("features.3.conv.0", in: names, limit: 1).count == 1)
  }
}
