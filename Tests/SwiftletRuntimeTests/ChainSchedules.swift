@testable import SwiftletRuntime

// Schedules of chains that no measure of benefit has chosen.

extension Schedule {
  /// All operations as one chain of rows; nil when they cannot be one.
  static func oneChain(_ model: Model, stripRows: Int, parts: Int) -> Schedule? {
    let all = 0..<model.operationCount
    guard let chain = ChainFinder(model).rowChain(all, stripRows: stripRows, parts: parts) else {
      return nil
    }
    return Schedule(stages: [Stage(operations: all, chain: .rows(chain))])
  }

  /// The first `count` operations as one chain of channels, the others one by one; nil when they
  /// cannot be.
  static func channelChain(
    _ model: Model, first count: Int, blocks: Int, parts: Int
  ) -> Schedule? {
    guard let chain = ChainFinder(model).channelChain(0..<count, blocks: blocks, parts: parts)
    else { return nil }
    let rest = Schedule.plain(operationCount: model.operationCount).stages.dropFirst(count)
    return Schedule(stages: [Stage(operations: 0..<count, chain: .channels(chain))] + rest)
  }
}

extension Model {
  /// How one thread runs it.
  var schedule: Schedule { Schedule(self, threads: 1, keepsAllTensors: false) }
  var plan: MemoryPlan {
    get throws { try MemoryPlan(self, schedule, keepsAllTensors: false) }
  }
  var arenaLength: Int {
    get throws { try Interpreter.arenaLength(of: self) }
  }
}

extension ChainFinder {
  init(_ model: Model) {
    self.init(
      tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
      options: ChainOptions())
  }
}
