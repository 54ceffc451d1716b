import Foundation
import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// Operators against the reference implementation of those who define them.
@Suite("ONNX operators") struct ONNXOperatorTests {
  static let cases: [ONNXCase] = {
    let path = repositoryRoot + "/Tests/SwiftletImportTests/Fixtures/onnx.txt"
    return (try? ONNXCase.load(path)) ?? []
  }()

  @Test(arguments: cases) func own(_ test: ONNXCase) throws {
    #expect(try test.run() == .passed)
  }

  /// Every operator of the table is one of a case, by itself or among constants.
  @Test func everyOperatorHasACase() throws {
    #expect(Self.cases.count >= 154)
    var found: Set<String> = []
    for test in Self.cases {
      let model = try ONNXReader.read(FileBytes(test.model))
      func add(_ nodes: [ONNXNode]) {
        for node in nodes {
          found.insert(node.operation.text)
          for case .graph(let graph) in node.attributes.values { add(graph.nodes) }
        }
      }
      add(model.graph.nodes + model.functions.values.flatMap(\.nodes))
    }
    // What is refused with advice, whatever its inputs are.
    let refused: Set = ["ConvInteger", "DynamicQuantizeLinear", "MatMulInteger"]
    // What stands at the end, in place of which the scores are the output: ONNXImporterTests.
    let ends: Set = ["ArgMax", "TopK"]
    let untested = ONNXOperator.names.filter {
      !found.contains($0) && !refused.union(ends).contains($0)
    }
    #expect(
      untested == [
        // Only of constants, each a line; the ONNX project's cases have them.
        "Abs", "And", "Constant", "Floor", "Greater", "GreaterOrEqual", "Less", "LessOrEqual",
        "Not", "Or", "Reciprocal", "ReduceProd", "Size", "Sqrt", "Tile",
      ])
  }

  /// The ONNX project's own cases, where `Tools/fixtures/make_onnx.py --backend` has written them: none may
  /// give another result; many are about what is not read here.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["SWIFTLET_ONNX_CASES"] != nil,
      "SWIFTLET_ONNX_CASES does not name the file of Tools/fixtures/make_onnx.py --backend"))
  func backend() throws {
    let path = try #require(ProcessInfo.processInfo.environment["SWIFTLET_ONNX_CASES"])
    var (passed, left) = (0, [String: Int]())
    var failed: [String] = []
    for test in try ONNXCase.load(path) {
      // Its numbers are written down with four digits.
      let isRounded = test.name == "test_averagepool_2d_ceil_last_window_starts_on_pad"
      let tolerance: Float = isRounded ? 1e-3 : 1e-5
      var outcome = try test.run(tolerance: tolerance)
      if case .leftOut = outcome {
        outcome = try test.run(constantInputs: true, tolerance: tolerance)
      }
      switch outcome {
      case .passed: passed += 1
      case .failed(let reason): failed.append("\(test.name): \(reason)")
      case .leftOut(let reason):
        left[reason, default: 0] += 1
        if ProcessInfo.processInfo.environment["SWIFTLET_ONNX_VERBOSE"] != nil {
          print("left out: \(test.name): \(reason)")
        }
      }
    }
    print(
      "ONNX backend cases: \(passed) passed, \(failed.count) failed, \(left.values.reduce(0, +)) left out"
    )
    for line in failed { Issue.record("\(line)") }
    #expect(passed > 0)
  }
}
