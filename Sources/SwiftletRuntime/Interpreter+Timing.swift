internal import CSwiftletKernels

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
      let start = swl_monotonic_nanoseconds()
      runStep(index)
      let nanoseconds = swl_monotonic_nanoseconds() - start
      let step = steps.pointer(index)
      guard case .chain(let chain) = step.pointee.call else {
        timing[step.pointee.operations.lowerBound] += nanoseconds
        continue
      }
      var (left, work) = (nanoseconds, Int64(0))
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
