extension Interpreter {
  /// Like `run()`, and stores the nanoseconds that each operation took.
  ///
  /// `timing` has room for one number an operation.
  public func run(timing: UnsafeMutableBufferPointer<UInt64>) {
    precondition(timing.count >= model.operationCount)
    for index in 0..<model.operationCount { timing[index] = 0 }
    for index in 0..<steps.count {
      let start = ContinuousClock.now
      runStep(index)
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      timing[steps.pointer(index).pointee.operation] +=
        UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
  }
}
