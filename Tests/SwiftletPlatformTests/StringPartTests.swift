import SwiftletPlatform
import Testing

@Suite struct StringPartTests {
  @Test(arguments: ["", "same", "SAME", "pad", "me", "s", "same pad", "samé"])
  func whatStandsInATextIsFound(_ part: String) {
    #expect(
      "same pad".contains(part: part) == ["", "same", "pad", "me", "s", "same pad"].contains(part))
    #expect("".contains(part: part) == part.isEmpty)
  }

  @Test func aBeginningSeenTwiceIsNoHindrance() {
    #expect("aaab".contains(part: "aab"))
    #expect(!"aaab".contains(part: "aba"))
  }
}
