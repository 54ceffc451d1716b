import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("All passes over random networks")
struct RandomNetworkTests {
  private static let seeds: ClosedRange<UInt64> = 1...100

  @Test("Each pass leaves what the network computes", arguments: seeds, ImageLayout.allCases)
  func eachPass(seed: UInt64, layout: ImageLayout) throws {
    let graph = try RandomNetwork.graph(seed: seed, layout: layout)
    checkForm(of: graph)
    var current = graph
    for pass in Pass.all {
      let tolerance = Self.tolerance(pass, current)
      current = try checked([pass], on: current, tolerance: tolerance, seed: seed)
    }
    try checked(Pass.all, on: graph, tolerance: 1e-5, seed: seed)
  }

  /// Folding rounds once more, and reordered columns are summed in another order; all others keep
  /// every bit.
  private static func tolerance(_ pass: Pass, _ graph: Graph) -> Float {
    switch pass.name {
    case "fold-batch-norms": 1e-5
    case "channels-last": graph.operationNames.contains("fullyConnected") ? 1e-5 : 0
    default: 0
    }
  }

  @Test("The networks have every operation, and every pass has something to do")
  func coverage() throws {
    var operations: Set<String> = []
    var changes: [String: Int] = [:]
    for seed in Self.seeds {
      var graph = try RandomNetwork.graph(seed: seed, layout: .channelsFirst)
      operations.formUnion(graph.operationNames)
      for pass in Pass.all {
        let before = graph.listing
        try graph.apply([pass])
        if graph.listing != before { changes[pass.name, default: 0] += 1 }
      }
    }
    let expected: Set = [
      "conv2D", "depthwiseConv2D", "fullyConnected", "batchNorm", "add", "multiply", "averagePool",
      "maxPool", "globalAveragePool", "softmax", "flatten", "reshape", "concat", "slice", "split",
      "transpose", "pad", "channelShuffle", "expand",
    ]
    #expect(operations == expected.union(Activation.examples.map(\.rawValue)))
    for pass in Pass.all { #expect(changes[pass.name, default: 0] >= 5, "\(pass.name)") }
  }
}
