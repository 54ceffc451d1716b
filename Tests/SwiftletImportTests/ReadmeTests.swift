import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// What README.md and the page on ONNX promise is what there is.
@Suite("README: does my model work?") struct ReadmeTests {
  private func lines(_ path: String) throws -> [Substring] {
    try String(contentsOfFile: repositoryRoot + "/" + path, encoding: .utf8).split(separator: "\n")
  }

  /// The words of a row of a table.
  private func row(_ start: String, _ path: String) throws -> Substring {
    try #require(try lines(path).first { $0.hasPrefix(start) })
  }

  /// Every built-in architecture is named, by itself or as one of a range.
  @Test func everyArchitectureIsNamed() throws {
    let row = try row("| weights alone (", "README.md")
    for architecture in Architecture.allCases {
      let name =
        switch architecture.family {
        case .mobilenetV1: "MobileNetV1"
        case .mobilenetV2: ", V2"
        case .mobilenetV3: ", V3"
        case .fdMobilenet: "FD-MobileNet"
        case .mobilenetV4: "V4-Conv-S or M"
        case .mnasnet: "MNASNet-B1"
        case .mnasnetA1: "MNASNet-B1 or A1"
        case .shufflenetV1: "ShuffleNetV1"
        case .shufflenetV2: "ShuffleNetV1 or V2"
        case .efficientnetV2: "V2-S"
        case .efficientnet: "EfficientNet-B0 to B4"
        case .efficientnetLite: "Lite0 to Lite4"
        case .resnet: "ResNet-18 to 152"
        case .vgg: "VGG-16 or 19"
        }
      #expect(row.contains(name), "\(architecture.rawValue)")
    }
    let page = try String(
      contentsOfFile: repositoryRoot
        + "/Sources/SwiftletImport/SwiftletImport.docc/Architectures.md", encoding: .utf8)
    for architecture in Architecture.allCases
    where !["efficientnet_b", "efficientnet_lite", "shufflenet"].contains(
      where: { architecture.rawValue.hasPrefix($0) })
    {
      #expect(page.contains("`\(architecture.rawValue)`"))
    }
    for name in [
      "efficientnet_b0", "efficientnet_b1", "efficientnet_b4", "efficientnet_lite0",
      "efficientnet_lite4", "shufflenet_v1_x0_5", "shufflenet_v1_x2_0", "shufflenet_v2_x0_5",
      "shufflenet_v2_x2_0",
    ] {
      #expect(page.contains("`\(name)`") && Architecture(rawValue: name) != nil)
    }
  }

  /// The operators of the page on ONNX are those of the importer, but for what it refuses with advice.
  @Test func everyOperatorIsListed() throws {
    let path = "Sources/SwiftletImport/SwiftletImport.docc/ONNX.md"
    var listed: Set<String> = []
    for line in try lines(path) where line.hasPrefix("| ") {
      for (index, part) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      where index % 2 == 1 && part.first?.isUppercase == true {
        listed.insert(String(part))
      }
    }
    let refused: Set = ["ConvInteger", "DynamicQuantizeLinear", "MatMulInteger"]
    // Named together as comparisons.
    let comparisons: Set = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"]
    let there = Set(ONNXOperator.names).subtracting(refused).subtracting(comparisons)
    #expect(listed.subtracting(["If"]) == there)
  }

  /// Quantized models are read; layer normalisation and TensorFlow Lite are refused, with advice.
  @Test func whatWorksAndWhatDoesNot() throws {
    let test = try #require(ONNXOperatorTests.cases.first { $0.name == "qdq-asymmetric" })
    let graph = try ONNXImporter.read(FileBytes(test.model), path: "m.onnx", size: nil).graph
    #expect(graph.nodes.contains { if case .fakeQuantize = $0.operation { true } else { false } })
    #expect(ONNXOperator.find(domain: "", name: "LayerNormalization", version: 17) == nil)
    #expect(ONNXOperator.find(domain: "", name: "Attention", version: 23) == nil)
  }
}
