import Testing

@testable import SwiftletRuntime

/// Which operations are chained, what that saves, and that wrong chains are refused.
@Suite struct SchedulePlanTests {
  /// The first blocks of MobileNetV2 at 224 × 224, where its tensors are largest.
  static let beginOfMobileNetV2 = ChainNetwork(
    224, 224, 3,
    [
      ChainLayer(outputs: 32, kernel: (3, 3), stride: 2, padding: [1, 1, 1, 1]),
      .depthwise(3, padding: [1, 1, 1, 1]), .expand(16), .expand(96),
      .depthwise(3, stride: 2, padding: [1, 1, 1, 1]), .expand(24), .expand(144),
      .depthwise(3, padding: [1, 1, 1, 1]), ChainLayer(outputs: 24, epilogue: .add, skip: 6),
    ])

  @Test func largeTensorsNeverExistWhole() throws {
    let model = try load(Self.beginOfMobileNetV2.bundle).get()
    let plain = try Interpreter(
      model, threads: 1, schedule: .plain(operationCount: model.operationCount))
    // The expanded tensor and its depthwise convolution.
    #expect(plain.arenaLength > 112 * 112 * 96 + 56 * 56 * 96)
    #expect(try model.arenaLength < 500_000)
    #expect(try Interpreter(model).arenaLength == model.arenaLength)
    for threads in 2...4 {
      #expect(try Interpreter(model, threads: threads).arenaLength < 750_000)
    }
    for expanded in [1, 4, 5, 7, 8] { #expect(try model.plan.offsets[expanded] == nil) }
    for stage in model.schedule.stages {
      guard case .rows(let chain) = stage.chain else { continue }
      #expect(chain.partLength <= ChainOptions().bufferLength)
    }
    // With all tensors kept there are no chains.
    let sum = model.tensors.reduce(0) { $0 + $1.byteCount }
    #expect(try Interpreter(model, keepAllTensors: true).arenaLength > sum)
  }

  @Test func smallTensorsStayWhole() throws {
    let network = ChainNetwork(
      14, 14, 8, [.expand(48), .depthwise(3, padding: [1, 1, 1, 1]), .expand(8)])
    let model = try load(network.bundle).get()
    #expect(model.schedule.stages.allSatisfy { $0.chain == nil && $0.operations.count == 1 })
  }

  @Test func hugeStridesAreNoProblem() throws {
    let layers = [ChainLayer](repeating: ChainLayer(outputs: 8, stride: 4096), count: 12)
    let model = try load(ChainNetwork(1, 1, 8, layers).bundle).get()
    let schedule = Schedule(
      tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
      options: ChainOptions(smallestTensor: 0))
    #expect(try check(model, schedule) == nil)
  }

  @Test func partsThatWouldComputeMuchTwiceAreNotMade() throws {
    // Four output rows for two threads need six rows of the expanded tensor instead of four.
    let network = ChainNetwork(
      4, 512, 16, [.expand(128), .depthwise(3, padding: [1, 1, 1, 1]), .expand(16)])
    let model = try load(network.bundle).get()
    func isChained(_ threads: Int) -> Bool {
      Schedule(
        tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
        options: ChainOptions(threads: threads, bufferLength: 300 << 10)
      ).stages.contains { $0.chain != nil }
    }
    #expect(isChained(1))
    #expect(!isChained(2))
  }

  @Test func buffersOverOtherMemoryAreRefused() throws {
    // Layer 0 alone, then the chain of layers 1 to 3, whose add reads tensor 1 as well.
    let network = ChainNetwork(
      9, 9, 6,
      [
        .expand(6), .expand(40), .depthwise(3, padding: [1, 1, 1, 1]),
        ChainLayer(outputs: 6, epilogue: .add, skip: 1),
      ], outputs: [1])
    let model = try load(network.bundle).get()
    let chain = try #require(ChainFinder(model).rowChain(1..<4, stripRows: 2, parts: 2))
    let schedule = Schedule(
      stages: [
        .init(operations: 0..<1, chain: nil), .init(operations: 1..<4, chain: .rows(chain)),
      ])
    #expect(try check(model, schedule) == nil)
    #expect(chain.scratchLength >= 2 * (4 * 9 * 40 + 2 * 9 * 40))

    let edits: [(String, (inout MemoryPlan) -> Void)] = [
      ("over the tensor that is read", { $0.scratch[1] = $0.offsets[1] }),
      ("over the output", { $0.scratch[1] = $0.offsets[4] }),
      ("missing", { $0.scratch[1] = nil }),
      ("outside the arena", { $0.scratch[1] = ($0.length - 1) / 64 * 64 }),
      ("before the arena", { $0.scratch[1] = -64 }),
      ("not aligned", { $0.scratch[1] = 1 }),
      ("under a padding row", { $0.paddingRows[1] = $0.scratch[1] }),
      (
        "under a padding row, in the last part",
        { plan in plan.paddingRows[1] = plan.scratch[1].map { $0 + chain.scratchLength - 64 } }
      ),
      ("a tensor inside has a place", { $0.offsets[2] = 0 }),
    ]
    for (name, edit) in edits {
      guard case .plan? = try check(model, schedule, edit: edit) else {
        Issue.record("\(name): accepted")
        continue
      }
    }
    // Over the input, which nobody reads any more, is right.
    #expect(
      try check(model, schedule) { plan in
        plan.length += 100_000
        plan.scratch[1] = (plan.length - chain.scratchLength - 64) / 64 * 64
        plan.offsets[0] = plan.scratch[1]
      } == nil)
  }

  @Test func wrongChainsAreRefused() throws {
    let network = ChainNetwork(
      12, 6, 3, [.expand(24), .depthwise(3, padding: [1, 1, 1, 1]), .expand(5)])
    let model = try load(network.bundle).get()
    let schedule = try #require(Schedule.oneChain(model, stripRows: 3, parts: 1))
    guard case .rows(let right)? = schedule.stages[0].chain else {
      Issue.record("no chain of rows")
      return
    }
    func edited(
      stripRows: Int? = nil, parts: Int? = nil, partLength: Int? = nil,
      _ buffers: ([RowBuffer]) -> [RowBuffer] = { $0 }
    ) -> RowChain {
      RowChain(
        stripRows: stripRows ?? right.stripRows, parts: parts ?? right.parts,
        buffers: buffers(right.buffers), partLength: partLength ?? right.partLength)
    }
    func isRefused(_ chain: RowChain?, _ operations: Range<Int> = 0..<3) throws -> Bool {
      let stage = Schedule.Stage(operations: operations, chain: chain.map { .rows($0) })
      let schedule = Schedule(stages: [stage])
      if case .plan? = try check(model, schedule) { return true }
      return false
    }
    func resized(_ buffers: [RowBuffer], _ index: Int, rows: Int) -> [RowBuffer] {
      var buffers = buffers
      let old = buffers[index]
      buffers[index] = RowBuffer(offset: old.offset, rows: rows, rowLength: old.rowLength)
      return buffers
    }
    #expect(try !isRefused(right))
    #expect(try isRefused(edited { resized($0, 0, rows: $0[0].rows - 1) }))
    #expect(try isRefused(edited { resized($0, 1, rows: $0[1].rows - 1) }))
    #expect(try isRefused(edited { resized($0, 0, rows: $0[0].rows + 1) }), "over the next")
    #expect(try isRefused(edited(stripRows: 4)))
    #expect(try isRefused(edited(stripRows: 0)))
    #expect(try !isRefused(edited(stripRows: 2)), "smaller strips need less")
    #expect(try isRefused(edited(parts: 0)))
    #expect(try isRefused(edited(parts: 13)), "more parts than rows")
    #expect(try isRefused(edited(partLength: right.partLength - 64)))
    #expect(try isRefused(edited(partLength: right.partLength + 1)))
    #expect(try isRefused(edited { Array($0.dropLast()) }))
    #expect(
      try isRefused(
        edited { [RowBuffer(offset: 32, rows: $0[0].rows, rowLength: $0[0].rowLength), $0[1]] }))
    #expect(
      try isRefused(
        edited { [RowBuffer(offset: 0, rows: $0[0].rows, rowLength: 100), $0[1]] }))
    #expect(try isRefused(nil), "three operations and no chain")
    #expect(try isRefused(right, 0..<2), "an operation missing")
    #expect(try isRefused(nil, 1..<2), "operations missing before and after")
  }
}

/// What the check says of a schedule and its plan after an edit of either.
func check(
  _ model: Model, _ schedule: Schedule, edit: (inout MemoryPlan) -> Void = { _ in }
) throws -> BundleError? {
  var plan = try MemoryPlan(
    tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
    schedule: schedule, keepsAllTensors: false)
  edit(&plan)
  do throws(BundleError) {
    try plan.check(
      tensors: model.tensors, operations: model.operations, inputs: model.inputPorts,
      outputs: model.outputPorts, schedule: schedule, keepsAllTensors: false)
    return nil
  } catch { return error }
}
