import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// Chains computed strip by strip give the bytes of whole tensors computed one after another.
@Suite struct ChainTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var size = (11, 5, 6)
    var layers: [ChainLayer]
  }

  static let cases: [Case] = [
    Case(
      testDescription: "expand, depthwise 3×3, project",
      layers: [.expand(20), .depthwise(3, padding: [1, 1, 1, 1]), .expand(7)]),
    Case(
      testDescription: "stride 2, padding below and right only", size: (14, 9, 3),
      layers: [.expand(33), .depthwise(3, stride: 2, padding: [0, 0, 1, 1]), .expand(17)]),
    Case(
      testDescription: "5×5 with h-swish and a zero point per channel", size: (10, 7, 5),
      layers: [
        ChainLayer(outputs: 19, epilogue: .hardSwish, perChannel: true),
        .depthwise(5, padding: [2, 2, 2, 2], .hardSwish), .expand(4),
      ]),
    Case(
      testDescription: "5×5, stride 2, residual add of another tensor", size: (13, 8, 4),
      layers: [
        .expand(16), .depthwise(5, stride: 2, padding: [1, 2, 2, 1], .hardSwish),
        ChainLayer(outputs: 9, epilogue: .add),
      ]),
    Case(
      testDescription: "residual add of the chain's input",
      layers: [
        .expand(18), .depthwise(3, padding: [1, 1, 1, 1]),
        ChainLayer(outputs: 6, epilogue: .add, skip: 0),
      ]),
    Case(
      testDescription: "expand, depthwise",
      layers: [.expand(21, .hardSwish), .depthwise(5, stride: 2, padding: [2, 2, 2, 2])]),
    Case(
      testDescription: "depthwise, project",
      layers: [.depthwise(3, stride: 2, padding: [1, 1, 1, 1]), .expand(12)]),
    Case(
      testDescription: "dilated", size: (12, 9, 3),
      layers: [
        .expand(8), .depthwise(3, stride: 2, dilation: 2, padding: [2, 2, 2, 2]), .expand(5),
      ]),
    Case(
      testDescription: "more padding than rows below", size: (3, 4, 5),
      layers: [.expand(8), .depthwise(5, padding: [4, 2, 4, 2]), .expand(8)]),
    Case(
      testDescription: "one row", size: (1, 6, 5),
      layers: [.expand(8), .depthwise(3, padding: [1, 1, 1, 1]), .expand(8)]),
    Case(
      testDescription: "strides past the kernel", size: (16, 10, 5),
      layers: [.expand(8), .depthwise(1, stride: 3, padding: [0, 0, 0, 0]), .expand(8)]),
    Case(
      testDescription: "stem and two blocks", size: (31, 17, 3),
      layers: [
        ChainLayer(outputs: 8, kernel: (3, 3), stride: 2, padding: [1, 1, 1, 1]),
        .depthwise(3, padding: [1, 1, 1, 1]), ChainLayer(outputs: 6, epilogue: .add),
        .expand(18, .hardSwish), .depthwise(5, stride: 2, padding: [2, 2, 2, 2]), .expand(10),
      ]),
    Case(
      testDescription: "tables between convolutions", size: (12, 7, 5),
      layers: [
        .expand(20), .lookup, .depthwise(5, stride: 2, padding: [2, 2, 2, 2]), .lookup, .expand(6),
      ]),
    Case(
      testDescription: "grouped, not square", size: (9, 12, 6),
      layers: [
        ChainLayer(outputs: 10, kernel: (2, 4), padding: [1, 0, 0, 3], groups: 2),
        ChainLayer(outputs: 9, kernel: (3, 1), padding: [1, 0, 1, 0]),
      ]),
  ]

  /// Runs the network as one chain in every height of strips and number of parts.
  private func check(_ network: ChainNetwork, _ heights: [Int], _ comment: Comment) throws {
    let model = try load(network.bundle).get()
    try model.verifyContents()
    let plain = Schedule.plain(operationCount: model.operationCount)
    let expected = network.run(try Interpreter(model, threads: 1, schedule: plain))
    for stripRows in heights {
      for parts in 1...min(4, network.rows) {
        let schedule = try #require(Schedule.oneChain(model, stripRows: stripRows, parts: parts))
        let interpreter = try Interpreter(model, threads: parts, schedule: schedule)
        let isSame = network.run(interpreter) == expected
        #expect(isSame, "\(comment): \(stripRows) rows, \(parts) parts")
      }
    }
  }

  @Test(arguments: cases) func givesTheSameBytes(_ example: Case) throws {
    let (height, width, channels) = example.size
    let network = ChainNetwork(height, width, channels, example.layers)
    try check(network, Array(1...(network.rows + 1)), "\(example.testDescription)")
  }

  @Test func outputsAreNotAllClamped() throws {
    // Otherwise the comparison above would show little.
    for example in Self.cases {
      let (height, width, channels) = example.size
      let network = ChainNetwork(height, width, channels, example.layers)
      let output = network.run(try Interpreter(try load(network.bundle).get()))
      #expect(Set(output).count > 15, "\(example.testDescription)")
    }
  }

  @Test func randomChainsGiveTheSameBytes() throws {
    var generator = SplitMix64(seed: 77)
    var checked = 0
    for seed in 0..<60 {
      let (height, width) = (
        Int.random(in: 3...24, using: &generator), Int.random(in: 3...12, using: &generator)
      )
      var layers: [ChainLayer] = []
      var size = (height, width)
      for _ in 0..<Int.random(in: 2...5, using: &generator) {
        let layer = ChainLayer.random(
          height: size.0, width: size.1, channels: 1, &generator)
        size.0 =
          (size.0 + layer.padding[0] + layer.padding[2] - layer.kernel.0) / layer.stride + 1
        size.1 =
          (size.1 + layer.padding[1] + layer.padding[3] - layer.kernel.1) / layer.stride + 1
        layers.append(layer)
      }
      let network = ChainNetwork(height, width, 3, layers, seed: UInt64(seed))
      let model = try load(network.bundle).get()
      // Some have output rows of padding alone, which chains leave out.
      if Schedule.oneChain(model, stripRows: 1, parts: 1) == nil { continue }
      checked += 1
      try check(network, [1, 2, 3, 7, network.rows], "\(seed): \(layers)")
    }
    #expect(checked > 40)
  }

  @Test func chainsOnlyWhatCanBe() throws {
    let block: [ChainLayer] = [.expand(8), .depthwise(3, padding: [1, 1, 1, 1]), .expand(8)]
    func canChain(_ network: ChainNetwork) throws -> Bool {
      Schedule.oneChain(try load(network.bundle).get(), stripRows: 2, parts: 1) != nil
    }
    #expect(try canChain(ChainNetwork(8, 8, 8, block)))
    // A tensor inside is an output of the network.
    #expect(try !canChain(ChainNetwork(8, 8, 8, block, outputs: [2])))
    // A tensor inside is read once more, by the residual add.
    let twice = block + [ChainLayer(outputs: 8, epilogue: .add, skip: 3), .expand(4)]
    #expect(try !canChain(ChainNetwork(8, 8, 8, twice)))
    // The first output row sees no input.
    let padded = [block[0], .depthwise(3, padding: [3, 1, 1, 1]), block[2]]
    #expect(try !canChain(ChainNetwork(8, 8, 8, padded)))
    // Nor does the last.
    let below = [block[0], .depthwise(3, padding: [1, 1, 3, 1]), block[2]]
    #expect(try !canChain(ChainNetwork(8, 8, 8, below)))
  }

  /// A squeeze and excite without its fully connected layers: the gate's multiplication, as the
  /// projection reads its result.
  @Test func gatesPerChannelGiveTheSameBytes() throws {
    let network = ChainNetwork(
      9, 5, 4, [.expand(37), .mean, .multiply(1), .expand(6), .expand(11)])
    let model = try load(network.bundle).get()
    let plain = Schedule.plain(operationCount: 5)
    let expected = network.run(try Interpreter(model, threads: 1, schedule: plain))
    #expect(Set(expected).count > 15)
    for stripRows in 1...9 {
      for parts in 1...4 {
        let chain = try #require(
          ChainFinder(model).rowChain(2..<5, stripRows: stripRows, parts: parts))
        let stages =
          plain.stages[0..<2] + [Schedule.Stage(operations: 2..<5, chain: .rows(chain))]
        let schedule = Schedule(stages: Array(stages))
        let interpreter = try Interpreter(model, threads: parts, schedule: schedule)
        let isSame = network.run(interpreter) == expected
        #expect(isSame, "\(stripRows) rows, \(parts) parts")
      }
    }
  }

  @Test func callsNameTheirOperations() throws {
    let network = ChainNetwork(
      9, 9, 4, [.expand(8), .depthwise(3, padding: [1, 1, 1, 1]), .expand(8)])
    let model = try load(network.bundle).get()
    let chain = try #require(Schedule.oneChain(model, stripRows: 2, parts: 1))
    for (schedule, expected) in [
      (chain, [0..<3]), (.plain(operationCount: 3), [0..<1, 1..<2, 2..<3]),
    ] {
      let interpreter = try Interpreter(model, threads: 1, schedule: schedule)
      let output = network.run(interpreter)
      fill(interpreter, 0, network.inputs[0])
      var calls: [Range<Int>] = []
      interpreter.run(afterEachCall: { calls.append($0) })
      #expect(calls == expected)
      #expect(bytes(interpreter, network.output) == output)
    }
  }

  @Test func timeIsSharedByWork() throws {
    let network = ChainNetwork(
      20, 20, 8, [.expand(48), .depthwise(3, padding: [1, 1, 1, 1]), .expand(24)])
    let model = try load(network.bundle).get()
    let schedule = try #require(Schedule.oneChain(model, stripRows: 3, parts: 1))
    let interpreter = try Interpreter(model, threads: 1, schedule: schedule)
    var nanoseconds = [UInt64](repeating: .max, count: 3)
    nanoseconds.withUnsafeMutableBufferPointer { interpreter.run(timing: $0) }
    let sum = Double(nanoseconds.reduce(0, +))
    #expect(sum > 1000 && sum < 60e9)
    let taps = [8 * 48, 9 * 48, 48 * 24]
    let allTaps = taps.reduce(0, +)
    for (share, taps) in zip(nanoseconds, taps) {
      let expected = Double(taps) / Double(allTaps)
      #expect(abs(Double(share) / sum - expected) < 0.01)
    }
  }
}
