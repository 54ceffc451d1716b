import Testing

@testable import SwiftletRunCommands

@Suite("Presentation")
struct InternalsTests {
  @Test(
    "NAME=FILE is split after a tensor's name; paths stay whole",
    arguments: [
      ("out.bin", nil, "out.bin"), ("logits=out.bin", "logits", "out.bin"),
      ("a=b=c.bin", "a=b", "c.bin"), ("./x=y.bin", nil, "./x=y.bin"),
      ("/features/0=f.bin", "/features/0", "f.bin"), ("typo=f.bin", "typo", "f.bin"),
      ("=x=y.bin", nil, "x=y.bin"), ("logits=", "logits", ""),
    ] as [(String, String?, String)])
  func tensorArgument(text: String, name: String?, file: String) {
    let known: Set = ["logits", "a=b", "/features/0"]
    let argument = TensorArgument(text) { known.contains($0) }
    #expect(argument.name == name)
    #expect(argument.file == file)
  }

  @Test("Median and nearest-rank percentile")
  func statistics() {
    #expect(Statistics.median([1, 2, 10]) == 2)
    #expect(Statistics.median([1, 2, 4, 10]) == 3)
    #expect(Statistics.median([]) == 0)
    let ten = (1...10).map(Double.init)
    #expect(Statistics.percentile(ten, 0.9) == 9)
    #expect(Statistics.percentile(ten, 1) == 10)
    #expect(Statistics.percentile([7], 0.9) == 7)
    #expect(Statistics.percentile([], 0.5) == 0)
  }
}
