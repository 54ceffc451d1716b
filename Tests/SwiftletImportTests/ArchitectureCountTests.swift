import SwiftletGraph
import Testing

@testable import SwiftletImport

/// Parameter and multiply-accumulate counts against published ones.
@Suite struct ArchitectureCountTests {
  /// torchvision's `num_params` for each; MobileNetV1's from Keras (`MobileNet().count_params()`
  /// less its 21,888 batch-norm statistics), whose classifier has a bias too.
  @Test(arguments: [
    (Architecture.mobilenetV1, 4_231_976), (.mobilenetV2, 3_504_872),
    (.mobilenetV3Small, 2_542_856), (.mobilenetV3Large, 5_483_032), (.mnasnet, 4_383_312),
    (.efficientnetB0, 5_288_548), (.resnet18, 11_689_512),
  ])
  func parameters(_ architecture: Architecture, _ count: Int) throws {
    #expect(try emptyGraph(architecture, side: 32).parameterCount == count)
  }

  /// Millions of multiply-accumulates at 224 × 224: the papers' figures (V1, V2, V3) and
  /// torchvision's `_ops`. The papers' V3-Small figure, 56 M, leaves out what torchvision counts.
  @Test(arguments: [
    (Architecture.mobilenetV1, 568.0, 570.0), (.mobilenetV2, 299, 302),
    (.mobilenetV3Small, 55, 66), (.mobilenetV3Large, 215, 220), (.mnasnet, 310, 330),
    (.efficientnetB0, 380, 395), (.resnet18, 1810, 1820),
  ])
  func multiplyAccumulates(_ architecture: Architecture, _ low: Double, _ high: Double) throws {
    let millions = Double(try emptyGraph(architecture, side: 224).macCount) / 1e6
    #expect(millions >= low && millions <= high)
  }

  /// (64, 0.35) → 24 because 22.4 rounds to 24; (24, 0.35) → 8 is 0.952 of 8.4; 18 → 24 because
  /// 16 is less than nine tenths of 18.
  @Test(arguments: [(22.4, 24), (8.4, 8), (18, 24), (3, 8), (1792, 1792), (44.8, 48), (12, 16)])
  func channelRounding(_ channels: Double, _ expected: Int) {
    #expect(roundedChannels(channels) == expected)
  }

  @Test(arguments: [
    ("MobileNetV2", Architecture.mobilenetV2), ("mobilenet_v3_large", .mobilenetV3Large),
    ("mnasnet1_0", .mnasnet), ("fd-mobilenet", .fdMobilenet),
  ])
  func spellings(_ name: String, _ expected: Architecture) {
    #expect(Architecture(name: name) == expected)
    #expect(Architecture(name: "vgg16") == nil)
  }

  private func emptyGraph(_ architecture: Architecture, side: Int) throws -> Graph {
    var variant = architecture.variant(width: 1, classes: 1000)
    variant.input = InputSize(side)
    return try architecture.graph(variant)
  }
}
