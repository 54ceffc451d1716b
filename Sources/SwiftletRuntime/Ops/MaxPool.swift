/// The largest value of a sliding window; padding is left out.
final class MaxPool: Operation {
  let header: OperationHeader
  let movedCount: Int64
  let window: Window?
  private let pool: Pool

  init(_ reader: OperationReader) throws(BundleError) {
    header = reader.header
    let parameters = try reader.decode(MaxPoolParameters.self)
    _ = try reader.arrays(of: MaxPoolParameters.self, length: 0)
    pool = try Pool(parameters.window, parameters.clamp, reader)
    window = pool.window
    movedCount = pool.movedCount(reader.outputTensor)
  }

  func addSteps(to builder: inout StepBuilder) {
    pool.addSteps(to: &builder, self, builder.kernels.maxpool)
  }
}
