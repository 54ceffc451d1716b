extension Interpreter {
  /// Like `run()`, and stores the nanoseconds that each operation took.
  ///
  /// Operations that are computed together, strip by strip, share their time by
  /// multiply-accumulates.
  /// `timing` has room for one number an operation.
  public func run(timing: UnsafeMutableBufferPointer<UInt64>) {
    precondition(timing.count >= model.operationCount)
    for index in 0..<model.operationCount { timing[index] = 0 }
    for index in 0..<steps.count {
      let start = ContinuousClock.now
      runStep(index)
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
      let step = steps.pointer(index)
      guard case .chain(let chain) = step.pointee.call else {
        timing[step.pointee.operations.lowerBound] += nanoseconds
        continue
      }
      var (left, work) = (nanoseconds, 0)
      for link in 0..<chain.count { work += chain.links[link].macCount }
      for link in 0..<chain.count {
        let macCount = chain.links[link].macCount
        let share = UInt64(Double(left) * Double(macCount) / Double(work))
        timing[step.pointee.operations.lowerBound + link] += share
        (left, work) = (left - share, work - macCount)
      }
    }
  }
}
