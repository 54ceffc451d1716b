extension Interpreter {
  /// Like `run()`, and calls `body` after each kernel call with the operations that it has computed.
  ///
  /// These are one operation, or several that are chained: computed together, strip by strip. An
  /// operation that takes several calls is passed several times. Without chains (see
  /// `keepAllTensors` of `init`) it is always one.
  public func run(afterEachCall body: (Range<Int>) -> Void) {
    for index in 0..<steps.count {
      runStep(index)
      body(steps.pointer(index).pointee.operations)
    }
  }
}
