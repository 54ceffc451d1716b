internal import CSwiftletKernels

/// The product of two tensors: the second has the first's shape, or one value a channel (1 × 1 × C), a
/// pixel (H × W × 1), or one in all.
final class Product: Operation, @unchecked Sendable {
  private let parameters: ProductParameters
  private let zeroPoints: (Int, Int)
  private let pixelStep: Int
  private let channelStep: Int

  init(_ reader: OperationReader) throws(BundleError) {
    try reader.requireOperands(2)
    parameters = try reader.decode(ProductParameters.self)
    _ = try reader.arrays(of: ProductParameters.self, length: 0)
    let second = reader.operands[1]
    let (shape, other) = (reader.input, reader.tensor(second))
    let isPerPixel = other.height == shape.height && other.width == shape.width
    let isPerChannel = other.channels == shape.channels
    try reader.check.require(
      (isPerPixel || other.pixels == 1) && (isPerChannel || other.channels == 1),
      "second operand", second, "a tensor of the first one's shape, or 1 × 1 or one channel of it")
    try reader.requireShape(shape.height, shape.width, shape.channels)
    try reader.requireOneZeroPoint(shape, "first operand")
    try reader.requireOneZeroPoint(other, "second operand")
    try reader.requireOneZeroPoint(reader.outputTensor, "output")
    zeroPoints = (
      reader.zeroPoint(shape, channel: 0), reader.zeroPoint(other, channel: 0)
    )
    // A tensor of one pixel has one value a channel either way.
    pixelStep = isPerPixel && shape.pixels > 1 ? other.channels : 0
    channelStep = isPerChannel ? 1 : 0
    super.init(reader.header, movedCount: Int64(shape.elementCount))
  }

  override var name: StaticString { "product" }

  override func addSteps(to builder: inout StepBuilder) {
    let (a, b) = (builder.input(operands[0]), builder.input(operands[1]))
    let output = builder.output(output)
    let shape = builder.tensor(self.output)
    let parameters = SwlProductParams(
      channels: Int32(shape.channels), pixel_step: Int32(pixelStep),
      channel_step: Int32(channelStep), zero_point_a: Int32(zeroPoints.0),
      zero_point_b: Int32(zeroPoints.1), bias: Int32(parameters.bias),
      multiplier: Int32(parameters.multiplier), shift: Int32(parameters.shift),
      lo: Int32(parameters.clamp.lo), hi: Int32(parameters.clamp.hi))
    builder.append(units: shape.pixels, work: work) { pixels, _ in
      var parameters = parameters
      swl_product_s8__portable(
        &parameters, a, b, output, Int64(pixels.lowerBound), Int64(pixels.upperBound))
    }
  }
}
