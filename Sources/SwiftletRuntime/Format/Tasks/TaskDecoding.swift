/// What a task's record is checked against.
struct TaskContext {
  /// The shapes of the inputs, in their order.
  let inputs: [Tensor]
  /// The shapes of the outputs, in their order.
  let outputs: [Tensor]
  let labelCount: Int

  /// The output that a port's index stands for.
  func output(_ index: Int) -> Tensor { outputs[index] }
}

extension RecordDecoder {
  /// The index of an output.
  mutating func output(
    _ field: StaticString, _ context: TaskContext
  ) throws(BundleError) -> Int {
    try count(field, 0...(context.outputs.count - 1), "the index of an output")
  }

  /// The index of an output plus 1, or 0 for none.
  mutating func optionalOutput(
    _ field: StaticString, _ context: TaskContext
  ) throws(BundleError) -> Int? {
    let index = try count(field, 0...context.outputs.count, "0, or 1 + the index of an output")
    return index == 0 ? nil : index - 1
  }

  /// What scores become.
  mutating func activation(_ field: StaticString) throws(BundleError) -> ScoreActivation {
    let raw = uint32()
    guard let activation = ScoreActivation(rawValue: raw) else {
      throw check.error(field, Int(clamping: raw), "0 (none), 1 (softmax) or 2 (sigmoid)")
    }
    return activation
  }

  /// A range of the labels: no labels, or as many as there are classes, which is checked later.
  mutating func labels(_ context: TaskContext) throws(BundleError) -> Range<Int> {
    let first = try count("first label", 0...context.labelCount, "the index of a label")
    let length = try count(
      "label count", 0...(context.labelCount - first), "labels within their section")
    return first..<(first + length)
  }
}

extension RecordCheck {
  /// Throws unless there are no labels or one for each of `classes` classes.
  func requireLabels(_ labels: Range<Int>, classes: Int) throws(BundleError) {
    let count = labels.upperBound - labels.lowerBound
    try require(count == 0 || count == classes, "label count", count, "0, or one label a class")
  }
}

extension RecordEncoder {
  mutating func append(_ labels: Range<Int>) {
    appendUInt32(labels.lowerBound)
    appendUInt32(labels.count)
  }
}
