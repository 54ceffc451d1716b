extension Schedule {
  /// How `model` is best run on `threads` threads; one operation after another when all tensors are
  /// kept.
  init(_ model: Model, threads: Int, keepsAllTensors: Bool) {
    if keepsAllTensors {
      self = .plain(operationCount: model.operations.count)
    } else {
      self.init(
        tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
        options: ChainOptions(threads: threads))
    }
  }
}

extension MemoryPlan {
  /// A checked plan for running `model` on so many threads as `schedule` has it.
  init(
    _ model: Model, _ schedule: Schedule, threads: Int = 1, keepsAllTensors: Bool
  ) throws(BundleError) {
    try self.init(
      tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
      schedule: schedule, threads: threads, keepsAllTensors: keepsAllTensors)
    try check(
      tensors: model.tensors, operations: model.operations, inputs: model.inputPorts,
      outputs: model.outputPorts, schedule: schedule, threads: threads,
      keepsAllTensors: keepsAllTensors)
  }
}
