internal import CSwiftletSystem

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
      let start = swl_monotonic_nanoseconds()
      runStep(index)
      let nanoseconds = swl_monotonic_nanoseconds() - start
      let operations = steps.pointer(index).pointee.operations
      var (left, total) = (nanoseconds, Int64(0))
      for operation in operations { total += work[operation] }
      for operation in operations {
        let share = UInt64(Double(left) * Double(work[operation]) / Double(total))
        timing[operation] += share
        (left, total) = (left - share, total - work[operation])
      }
    }
  }
}
