import Foundation
import SwiftletDigest
import SwiftletInference
import SwiftletPixels
import Testing

@testable import SwiftletCompare

@Suite("Report")
struct ReportTests {
  @Test("Thumbnails have colours, whatever the picture's bytes are")
  func colours() {
    func picture(_ layout: PixelLayout, _ pixels: [UInt8]) -> [UInt8] {
      PixelImage(width: 2, height: 1, layout: layout, pixels: pixels).colours
    }
    #expect(picture(.grey, [7, 9]) == [7, 7, 7, 9, 9, 9])
    #expect(picture(.rgb, [1, 2, 3, 4, 5, 6]) == [1, 2, 3, 4, 5, 6])
    #expect(picture(.bgr, [3, 2, 1, 6, 5, 4]) == [1, 2, 3, 4, 5, 6])
    #expect(picture(.rgba, [1, 2, 3, 0, 4, 5, 6, 0]) == [1, 2, 3, 4, 5, 6])
    #expect(picture(.bgra, [3, 2, 1, 0, 6, 5, 4, 0]) == [1, 2, 3, 4, 5, 6])
  }

  @Test("Markup in names, labels and paths is escaped everywhere")
  func escaping() {
    let evil = "<script>alert('x')</script>\"&\u{1B}"
    var result = ComparisonResult()
    result.imageCount = 1
    result.layers = [
      LayerLoss(name: evil, kind: "conv2D", decibels: 12, drop: 3, addedNoise: 0.1)
    ]
    let top = [RankedClass(classIndex: 0, score: 0, probability: 0.5)]
    result.disagreements = [
      Disagreement(
        path: evil, classIndex: 0, float: top, int8: top,
        thumbnail: .init(width: 1, height: 1, pixels: [1, 2, 3]))
    ]
    result.failures = [(path: evil, problem: evil)]
    let html = HTMLReport(
      result: result, facts: [(name: evil, value: evil)], warnings: [evil], labels: [evil]
    ).html
    #expect(!html.contains("<script"))
    #expect(!html.contains("alert('x')"))
    #expect(!html.unicodeScalars.contains("\u{1B}"))
    #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;?"))
  }

  @Test("The report needs nothing beside it and names figures, worst layer and classes")
  func content() {
    var result = ComparisonResult()
    result.imageCount = 4
    result.agreementCount = 3
    result.divergenceSum = 0.5
    for classIndex in [0, 0, 1, 1] {
      result.floatAccuracy.add([1, 0], classIndex: classIndex)
      result.int8Accuracy.add([0, 1], classIndex: classIndex == 0 ? 1 : 0)
    }
    result.layers = [
      LayerLoss(name: "features.0", kind: "conv2D", decibels: 40, drop: 1, addedNoise: 0.0001),
      LayerLoss(name: "features.7", kind: "add", decibels: -3, drop: 12.3, addedNoise: 1.9),
      LayerLoss(name: "exact", kind: "lookup", decibels: nil, drop: nil, addedNoise: 0),
    ]
    let html = HTMLReport(
      result: result, facts: [(name: "Model", value: "m.pt")], warnings: [], labels: ["cat", "dog"]
    ).html
    for words in ["75.00 %", "0.1250", "features.7", "12.3 dB", "exact", "m.pt", "<svg"] {
      #expect(html.contains(words), "\(words)")
    }
    #expect(html.contains("class=\"bar worst\""))
    #expect(!html.contains("http"))
    #expect(html.components(of: "<g ") == html.components(of: "</g>"))
    #expect(html.components(of: "<section") == html.components(of: "</section>"))
  }

  @Test("Check sums of the published examples")
  func checksums() {
    #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(PNGEncoder.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
  }

  @Test("A stored stream of more than one block has every byte, and marks only the last block")
  func storedBlocks() {
    let bytes = (0..<70000).map { UInt8($0 % 251) }
    let stream = PNGEncoder.storedZlib(bytes)
    #expect(stream.count == 2 + 5 + 65535 + 5 + (70000 - 65535) + 4)
    #expect(stream[2] == 0 && stream[2 + 5 + 65535] == 1)
    #expect(Array(stream[7..<7 + 65535]) == Array(bytes[..<65535]))
    #expect((Int(stream[0]) * 256 + Int(stream[1])) % 31 == 0)
  }

  @Test("Base 64 is Foundation's, for every length of the last group")
  func base64() {
    for count in 0...70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
      #expect(HTML.base64(bytes) == Data(bytes).base64EncodedString())
    }
  }
}

extension String {
  fileprivate func components(of word: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.range(of: word) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
