/// One output holds a score for each class: of the whole image, or of each pixel (`masks`).
///
/// 64 bytes, uint32 each: output, activation, first label, label count; the rest is zero.
public struct ClassesTask: Equatable, Sendable {
  /// The index of the output. Its every element is a class, or with masks its every channel.
  public var output: Int
  /// What scores become.
  public var activation: ScoreActivation
  /// The classes' names; empty when they have none.
  public var labels: Range<Int>

  /// Makes a task.
  public init(output: Int, activation: ScoreActivation, labels: Range<Int>) {
    self.output = output
    self.activation = activation
    self.labels = labels
  }

  init(
    _ decoder: inout RecordDecoder, _ context: TaskContext, ofPixels: Bool
  ) throws(BundleError) {
    output = try decoder.output("output", context)
    activation = try decoder.activation("activation")
    labels = try decoder.labels(context)
    let scores = context.output(output)
    try decoder.check.requireLabels(
      labels, classes: ofPixels ? scores.channels : scores.elementCount)
    try decoder.skipZeros(upTo: BundleLayout.alignment)
  }

  func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.appendUInt32(output)
    encoder.append(activation.rawValue)
    encoder.append(labels)
    encoder.pad(toMultipleOf: BundleLayout.alignment)
    return encoder.bytes
  }
}
