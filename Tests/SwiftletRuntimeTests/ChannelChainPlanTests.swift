import Testing

@testable import SwiftletRuntime

/// Which operations are computed some channels at a time, and that wrong chains are refused.
@Suite struct ChannelChainPlanTests {
  /// A block with squeeze and excite as late in a network, its fully connected layers left out.
  static let layers: [ChainLayer] = [
    .expand(672), .depthwise(5, padding: [2, 2, 2, 2]), .mean, .multiply(2), .expand(80),
  ]

  @Test func expandedTensorsNeverExistWhole() throws {
    let model = try load(ChainNetwork(14, 14, 80, Self.layers).bundle).get()
    let stages = model.schedule.stages
    #expect(stages.map { $0.operations } == [0..<3, 3..<4, 4..<5])
    guard case .channels(let chain)? = stages.first?.chain else {
      Issue.record("no chain of channels")
      return
    }
    #expect(chain.scratchLength == 14 * 14 * 64)
    #expect(stages[0].wholeOutputs == [1, 2])
    #expect(try model.plan.offsets[1] == nil)
    // The depthwise output and its product with the gate, and little else.
    #expect(try model.arenaLength < 14 * 14 * (672 + 672) + 8192)
    for threads in 2...4 {
      let interpreter = try Interpreter(model, threads: threads)
      #expect(interpreter.arenaLength < 14 * 14 * (672 + 672) + 8192)
    }
  }

  @Test func smallTensorsStayWhole() throws {
    let model = try load(ChainNetwork(7, 7, 80, Self.layers).bundle).get()
    #expect(model.schedule.stages.allSatisfy { $0.chain == nil })
  }

  /// The first four layers: a chain of three, and a multiplication of the depthwise's result.
  private static func network() -> ChainNetwork {
    ChainNetwork(
      6, 5, 4,
      [
        .expand(72), .depthwise(3, padding: [1, 1, 1, 1]), .mean, .multiply(2), .expand(9),
      ])
  }

  @Test func buffersOverOtherMemoryAreRefused() throws {
    let model = try load(Self.network().bundle).get()
    let schedule = try #require(Schedule.channelChain(model, first: 3, blocks: 2, parts: 2))
    #expect(try check(model, schedule) == nil)
    guard case .channels(let chain)? = schedule.stages[0].chain else {
      Issue.record("no chain of channels")
      return
    }
    // 64 bytes behind each part: the other must not write what kernels read past it.
    #expect(chain.scratchLength == 2 * (6 * 5 * 32 + 64))
    let edits: [(String, (inout MemoryPlan) -> Void)] = [
      ("over the tensor that is read", { $0.scratch[0] = $0.offsets[0] }),
      ("over the depthwise output", { $0.scratch[0] = $0.offsets[2] }),
      ("over the mean", { $0.scratch[0] = $0.offsets[3] }),
      ("missing", { $0.scratch[0] = nil }),
      ("outside the arena", { $0.scratch[0] = ($0.length - 1) / 64 * 64 }),
      ("under a padding row", { $0.paddingRows[0] = $0.scratch[0] }),
      (
        "under a padding row, in the last part",
        { plan in plan.paddingRows[0] = plan.scratch[0].map { $0 + chain.scratchLength - 64 } }
      ),
      ("a tensor inside has a place", { $0.offsets[1] = 0 }),
      ("a whole tensor has none", { $0.offsets[2] = nil }),
      ("outputs over each other", { $0.offsets[3] = $0.offsets[2] }),
      ("the first output over the input", { $0.offsets[2] = $0.offsets[0] }),
      ("the last output over the input", { $0.offsets[3] = $0.offsets[0] }),
      ("the gate over what it multiplies", { $0.offsets[4] = $0.offsets[3] }),
    ]
    for (name, edit) in edits {
      guard case .plan? = try check(model, schedule, edit: edit) else {
        Issue.record("\(name): accepted")
        continue
      }
    }
  }

  @Test func wrongChainsAreRefused() throws {
    let model = try load(Self.network().bundle).get()
    let schedule = try #require(Schedule.channelChain(model, first: 3, blocks: 2, parts: 2))
    guard case .channels(let right)? = schedule.stages[0].chain else {
      Issue.record("no chain of channels")
      return
    }
    func isRefused(
      blocks: Int = 2, parts: Int = 2, buffers: [ChannelBuffer?]? = nil, partLength: Int? = nil,
      operations: Range<Int> = 0..<3
    ) throws -> Bool {
      let chain = ChannelChain(
        blocks: blocks, parts: parts, buffers: buffers ?? right.buffers,
        partLength: partLength ?? right.partLength)
      let rest = Schedule.plain(operationCount: 5).stages.dropFirst(operations.upperBound)
      let stage = Schedule.Stage(operations: operations, chain: .channels(chain))
      if case .plan? = try check(model, Schedule(stages: [stage] + rest)) { return true }
      return false
    }
    // 30 pixels of 32 channels; 72 channels are 5 blocks.
    let buffer = ChannelBuffer(offset: 0, count: 30 * 32)
    #expect(try !isRefused())
    #expect(try !isRefused(buffers: [buffer, nil]))
    #expect(try isRefused(buffers: [ChannelBuffer(offset: 0, count: 30 * 32 - 1), nil]), "short")
    #expect(try isRefused(blocks: 3), "more channels than the buffer holds")
    #expect(try !isRefused(blocks: 1))
    #expect(try isRefused(blocks: 0))
    #expect(try isRefused(parts: 0))
    #expect(try isRefused(parts: 6), "more parts than blocks")
    #expect(try !isRefused(parts: 5))
    #expect(try isRefused(partLength: right.partLength - 64))
    #expect(try isRefused(partLength: right.partLength + 1))
    #expect(try isRefused(buffers: [ChannelBuffer(offset: 32, count: 900), nil]), "not aligned")
    #expect(try isRefused(buffers: [buffer]), "a buffer missing")
    #expect(try isRefused(buffers: [nil, nil]), "a depthwise convolution reads a whole tensor")
    let second = ChannelBuffer(offset: 960, count: 30 * 32)
    #expect(
      try isRefused(buffers: [buffer, second], partLength: 1920), "the gate reads what is inside")
    #expect(try isRefused(buffers: [buffer, nil, nil], operations: 0..<4), "a multiplication")
    #expect(try isRefused(buffers: [nil], operations: 1..<3), "an operation missing")
  }

  @Test func buffersOfAPartAreApart() throws {
    let layers: [ChainLayer] = [.expand(40), .lookup, .depthwise(3, padding: [1, 1, 1, 1])]
    let model = try load(ChainNetwork(4, 4, 3, layers).bundle).get()
    func isRefused(_ second: Int) throws -> Bool {
      let buffers = [0, second].map { ChannelBuffer(offset: $0, count: 16 * 16) }
      let chain = ChannelChain(blocks: 1, parts: 1, buffers: buffers, partLength: 512)
      let stage = Schedule.Stage(operations: 0..<3, chain: .channels(chain))
      if case .plan? = try check(model, Schedule(stages: [stage])) { return true }
      return false
    }
    #expect(try !isRefused(256))
    #expect(try isRefused(192))
    #expect(try isRefused(320), "past the end")
  }
}
