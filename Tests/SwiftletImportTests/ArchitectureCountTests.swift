import SwiftletGraph
import Testing

@testable import SwiftletImport

/// Parameter and multiply-accumulate counts against published ones.
@Suite struct ArchitectureCountTests {
  /// torchvision's `num_params` for each, timm's of EfficientNet-Lite, MnasNet-A1 and MobileNetV4; MobileNetV1's from Keras (`MobileNet().count_params()`
  /// less its 21,888 batch-norm statistics), whose classifier has a bias too.
  /// A VGG's biases before batch normalisations, which torchvision has, are not in the graph: 4,224 of 16
  /// layers, 5,504 of 19.
  @Test(arguments: [
    (Architecture.mobilenetV1, 4_231_976), (.mobilenetV2, 3_504_872),
    (.mobilenetV3Small, 2_542_856), (.mobilenetV3Large, 5_483_032), (.mnasnet, 4_383_312),
    (.efficientnetB0, 5_288_548), (.resnet18, 11_689_512), (.efficientnetB1, 7_794_184),
    (.efficientnetB2, 9_109_994), (.efficientnetB3, 12_233_232), (.efficientnetB4, 19_341_616),
    (.efficientnetLite0, 4_652_008), (.efficientnetLite1, 5_416_680),
    (.efficientnetLite2, 6_092_072), (.efficientnetLite3, 8_197_096),
    (.efficientnetLite4, 13_006_568), (.resnet34, 21_797_672), (.resnet50, 25_557_032),
    (.resnet101, 44_549_160), (.resnet152, 60_192_808), (.vgg16, 138_357_544),
    (.vgg16Norm, 138_365_992 - 4_224), (.vgg19, 143_667_240), (.vgg19Norm, 143_678_248 - 5_504),
    (.efficientnetV2Small, 21_458_488), (.mnasnetA1, 3_887_038),
    (.mobilenetV4ConvSmall, 3_774_024), (.mobilenetV4ConvMedium, 9_715_512),
    (.shufflenetV2x05, 1_366_792), (.shufflenetV2x10, 2_278_604), (.shufflenetV2x15, 3_503_624),
    (.shufflenetV2x20, 7_393_996),
  ])
  func parameters(_ architecture: Architecture, _ count: Int) throws {
    let isVGG = architecture.rawValue.hasPrefix("vgg")
    #expect(try emptyGraph(architecture, side: isVGG ? 224 : 32).parameterCount == count)
  }

  /// Millions of multiply-accumulates at 224 × 224: the papers' figures (V1, V2, V3, ShuffleNets) and
  /// torchvision's `_ops`. The papers' V3-Small figure, 56 M, leaves out what torchvision counts.
  @Test(arguments: [
    (Architecture.mobilenetV1, 568.0, 570.0), (.mobilenetV2, 299, 302),
    (.mobilenetV3Small, 55, 66), (.mobilenetV3Large, 215, 220), (.mnasnet, 310, 330),
    (.efficientnetB0, 380, 395), (.resnet18, 1810, 1820), (.resnet34, 3660, 3668),
    (.resnet50, 4085, 4093), (.resnet101, 7797, 7805), (.resnet152, 11_510, 11_518),
    (.vgg16, 15_465, 15_475), (.vgg19, 19_627, 19_637), (.vgg16Norm, 15_465, 15_475),
    (.shufflenetV1x05, 37, 40), (.shufflenetV1x10, 136, 141), (.shufflenetV1x15, 290, 296),
    (.shufflenetV1x20, 522, 528), (.shufflenetV2x05, 40, 42), (.shufflenetV2x10, 144, 147),
    (.shufflenetV2x15, 295, 300), (.shufflenetV2x20, 580, 592), (.mobilenetV4ConvSmall, 180, 195),
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
    ("mnasnet1_0", .mnasnet), ("fd-mobilenet", .fdMobilenet), ("ResNet-50", .resnet50),
    ("efficientnet-lite0", .efficientnetLite0), ("VGG16_BN", .vgg16Norm),
    ("mobilenetv4_conv_small", .mobilenetV4ConvSmall), ("semnasnet_100", .mnasnetA1),
    ("shufflenet_v2_x1_0", .shufflenetV2x10),
  ])
  func spellings(_ name: String, _ expected: Architecture) {
    #expect(Architecture(name: name) == expected)
    #expect(Architecture(name: "vgg11") == nil)
  }

  private func emptyGraph(_ architecture: Architecture, side: Int) throws -> Graph {
    var variant = architecture.variant(width: 1, classes: 1000)
    variant.input = InputSize(side)
    return try architecture.graph(variant)
  }
}
