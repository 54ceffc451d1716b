import CSwiftletKernels
import Testing

@testable import SwiftletRuntime

/// Chains computed some channels at a time give the bytes of whole tensors, on every kernel set.
@Suite struct ChannelChainTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var size = (9, 7, 6)
    /// How many layers are chained.
    var chained: Int
    var layers: [ChainLayer]
  }

  static let cases: [Case] = [
    Case(
      testDescription: "expand, depthwise 3×3; 7 channels left of 16 and of 64", chained: 2,
      layers: [.expand(71), .depthwise(3, padding: [1, 1, 1, 1]), .expand(5)]),
    Case(
      testDescription: "stride 2, padding below and right only, whole blocks", size: (10, 8, 5),
      chained: 2,
      layers: [.expand(96), .depthwise(3, stride: 2, padding: [0, 0, 1, 1]), .expand(9)]),
    Case(
      testDescription: "squeeze and excite, h-swish, zero point per channel", chained: 3,
      layers: [
        ChainLayer(outputs: 130, epilogue: .hardSwish, perChannel: true),
        .depthwise(5, padding: [2, 2, 2, 2], .hardSwish), .mean, .multiply(2), .expand(8),
      ]),
    Case(
      testDescription: "5×5 with stride 2, then the mean alone", chained: 3,
      layers: [.expand(49), .depthwise(5, stride: 2, padding: [2, 1, 2, 2]), .mean, .expand(20)]),
    Case(
      testDescription: "dilated", size: (11, 12, 3), chained: 2,
      layers: [
        .expand(80, .hardSwish), .depthwise(3, dilation: 2, padding: [2, 2, 2, 2]), .expand(7),
      ]),
    Case(
      testDescription: "mean of a convolution", chained: 2,
      layers: [.expand(100), .mean, .expand(24)]),
    Case(
      testDescription: "mean of a convolution whose result is read again", chained: 2,
      layers: [.expand(37), .mean, .multiply(1), .expand(6)]),
    Case(
      testDescription: "3×3 with stride first, two depthwise", size: (15, 13, 3), chained: 3,
      layers: [
        ChainLayer(outputs: 40, kernel: (3, 3), stride: 2, padding: [1, 1, 1, 1]),
        .depthwise(3, padding: [1, 1, 1, 1]), .depthwise(3, stride: 2, padding: [1, 1, 1, 1]),
        .expand(11),
      ]),
    Case(
      testDescription: "tables", chained: 5,
      layers: [
        .expand(67), .lookup, .depthwise(3, padding: [1, 1, 1, 1]), .lookup, .mean, .multiply(4),
        .expand(10),
      ]),
    Case(
      testDescription: "a table last, one pixel", size: (1, 1, 9), chained: 2,
      layers: [.expand(33), .lookup, .expand(12)]),
  ]

  @Test(arguments: cases) func givesTheSameBytes(_ example: Case) throws {
    let (height, width, channels) = example.size
    let network = ChainNetwork(height, width, channels, example.layers)
    let model = try load(network.bundle).get()
    try model.verifyContents()
    let plain = Schedule.plain(operationCount: model.operationCount)
    let expected = network.run(try Interpreter(model, threads: 1, schedule: plain))
    // Otherwise the comparison would show little.
    #expect(Set(expected).count > 4)
    let blocks = (model.tensors[1].channels + 15) / 16
    for atOnce in 1...blocks + 1 {
      for parts in 1...min(4, blocks) {
        let schedule = try #require(
          Schedule.channelChain(model, first: example.chained, blocks: atOnce, parts: parts))
        for set in 0..<swl_kernel_set_count() where swl_kernel_set_is_supported(set) != 0 {
          let isa = swl_kernel_set_at(set).pointee.name
          let interpreter = try Interpreter(model, threads: parts, isa: isa, schedule: schedule)
          let isSame = network.run(interpreter) == expected
          #expect(isSame, "\(String(cString: isa)): \(atOnce) blocks, \(parts) parts")
        }
      }
    }
  }

  @Test func chainsOnlyWhatCanBe() throws {
    func canChain(
      _ layers: [ChainLayer], first count: Int, outputs: [Int] = []
    ) throws -> Bool {
      let model = try load(ChainNetwork(8, 8, 8, layers, outputs: outputs).bundle).get()
      return Schedule.channelChain(model, first: count, blocks: 1, parts: 1) != nil
    }
    let depthwise = ChainLayer.depthwise(3, padding: [1, 1, 1, 1])
    #expect(try canChain([.expand(20), depthwise, .mean], first: 3))
    #expect(
      try canChain([.expand(20), depthwise, .mean], first: 3, outputs: [2]), "mean of a whole")
    #expect(try !canChain([.expand(20), depthwise, .mean], first: 3, outputs: [1]), "read twice")
    #expect(try !canChain([.expand(20), .lookup, .mean], first: 3, outputs: [1]), "read twice")
    #expect(try !canChain([.expand(20), depthwise], first: 1), "one alone")
    #expect(try !canChain([depthwise, .mean], first: 2), "reads the same channels only")
    #expect(try !canChain([.expand(20), depthwise, .expand(8)], first: 3), "mixes channels")
    #expect(try !canChain([.expand(20), .mean, depthwise], first: 3), "a mean in between")
    let grouped = ChainLayer(outputs: 32, groups: 2)
    #expect(try !canChain([grouped, depthwise], first: 2), "reads half of the channels")
    let add = ChainLayer(outputs: 32, epilogue: .add)
    #expect(try !canChain([add, depthwise], first: 2), "adds a whole tensor")
  }

  @Test func timeIsSharedByWork() throws {
    let network = ChainNetwork(
      12, 12, 8, [.expand(480), .depthwise(3, padding: [1, 1, 1, 1]), .mean])
    let model = try load(network.bundle).get()
    let schedule = try #require(Schedule.channelChain(model, first: 3, blocks: 4, parts: 1))
    let interpreter = try Interpreter(model, threads: 1, schedule: schedule)
    var nanoseconds = [UInt64](repeating: .max, count: 3)
    nanoseconds.withUnsafeMutableBufferPointer { interpreter.run(timing: $0) }
    let sum = Double(nanoseconds.reduce(0, +))
    #expect(sum > 1000 && sum < 60e9)
    // A mean has no multiply-accumulates; its elements count.
    for (share, taps) in zip(nanoseconds, [8, 9, 1]) {
      #expect(abs(Double(share) / sum - Double(taps) / 18) < 0.01)
    }
  }
}
