internal import CSwiftletKernels

/// The largest value of a sliding window; padding is left out.
final class MaxPool: Operation, @unchecked Sendable {
  private let pool: Pool

  init(_ reader: OperationReader) throws(BundleError) {
    let parameters = try reader.decode(MaxPoolParameters.self)
    _ = try reader.arrays(of: MaxPoolParameters.self, length: 0)
    pool = try Pool(parameters.window, parameters.clamp, reader)
    super.init(
      reader.header, movedCount: pool.movedCount(reader.outputTensor), window: pool.window)
  }

  override var name: StaticString { "maxPool" }

  override func addSteps(to builder: inout StepBuilder) {
    pool.addSteps(to: &builder, self, builder.kernels.maxpool)
  }
}
