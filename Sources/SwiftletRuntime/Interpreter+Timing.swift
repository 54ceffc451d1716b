extension Interpreter {
  /// Like `run()`, and stores the nanoseconds that each operation took.
  ///
  /// Operations that are computed together, piece by piece, share their time by
  /// multiply-accumulates, or elements where they have none.
  /// `timing` has room for one number an operation.
  public func run(timing: UnsafeMutableBufferPointer<UInt64>) {
    precondition(timing.count >= model.operationCount)
    for index in 0..<model.operationCount { timing[index] = 0 }
    for index in 0..<steps.count {
      let start = ContinuousClock.now
      runStep(index)
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
      let operations = steps.pointer(index).pointee.operations
      var (left, work) = (nanoseconds, 0)
      for operation in operations { work += model.operations[operation].work(model.tensors) }
      for operation in operations {
        let part = model.operations[operation].work(model.tensors)
        let share = UInt64(Double(left) * Double(part) / Double(work))
        timing[operation] += share
        (left, work) = (left - share, work - part)
      }
    }
  }
}
