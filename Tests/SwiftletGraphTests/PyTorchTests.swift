import SwiftletGraph
import Testing

@Suite("Float operations against PyTorch")
struct PyTorchTests {
  @Test("Every fixture", arguments: try OperationFixture.load(), ImageLayout.allCases)
  func matchesPyTorch(_ fixture: OperationFixture, layout: ImageLayout) throws {
    let result = try fixture.run(layout)
    #expect(result.shape.image == fixture.outputShape)
    let found = stride(from: 0, to: result.values.count, by: fixture.step).map {
      result.values[$0]
    }
    #expect(found.count == fixture.stored.count)
    // Single precision sums differ from PyTorch's double precision by rounding: relative to the
    // element and, where a sum cancels, to the tensor.
    let largest = fixture.stored.map(abs).max() ?? 0
    for (index, (a, b)) in zip(found, fixture.stored).enumerated()
    where !(abs(a - b) <= 1e-5 * abs(b) + 2e-6 * largest) {
      Issue.record("element \(index * fixture.step) is \(a), PyTorch has \(b)")
      return
    }
  }

  @Test("The fixtures cover every operation and activation")
  func fixturesAreComplete() throws {
    let text = try OperationFixture.load().map(\.testDescription)
    for operation in [
      "conv2D", "batchNorm", "activation", "add", "multiply", "averagePool", "maxPool",
      "globalAveragePool", "fullyConnected", "concat", "flatten", "softmax", "network",
    ] {
      #expect(text.contains { $0.hasPrefix("op=\(operation) ") }, "\(operation)")
    }
    for activation in Activation.examples {
      #expect(text.contains { $0.contains("kind=\(activation.rawValue) ") }, "\(activation)")
    }
  }
}
