internal import CSwiftletKernels

/// The mean over a sliding window, of the taps inside the input or, when padding counts, of all.
final class AveragePool: Operation, @unchecked Sendable {
  private let pool: Pool
  private let countsPadding: Bool
  private let inputZeroPoint: Int
  private let entries: MeanEntries

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(AveragePoolParameters.self)
    pool = try Pool(parameters.window, parameters.clamp, reader)
    try reader.requireOneZeroPoint(reader.input, "operand")
    inputZeroPoint = reader.zeroPoint(reader.input, channel: 0)
    countsPadding = parameters.countsPadding
    entries = try MeanEntries(
      reader, of: AveragePoolParameters.self, counts: 1...pool.window.tapCount)
    super.init(
      reader.header, movedCount: pool.movedCount(reader.outputTensor),
      checkedCount: Int64(pool.window.tapCount), window: pool.window)
  }

  override var name: StaticString { "averagePool" }

  override func addSteps(to builder: inout StepBuilder) {
    pool.addSteps(
      to: &builder, self, builder.kernels.avgpool, countsPadding: countsPadding,
      inputZeroPoint: inputZeroPoint, entries: entries.pointer)
  }
}
