/// A sliding window: kernel, stride, dilation and padding.
///
/// For each axis, output = ⌊(input + padding before + padding after − extent) / stride⌋ + 1 with
/// extent = (kernel − 1) · dilation + 1. In the file these are uint32, in the order of the
/// properties: 40 bytes, or 32 without the dilation.
public struct Window: Equatable, Sendable {
  /// Taps down: 1 to 4096, as strides and dilations are.
  public var kernelHeight: Int
  /// Taps across.
  public var kernelWidth: Int
  /// Input rows from one output row to the next.
  public var strideHeight: Int
  /// Input columns from one output column to the next.
  public var strideWidth: Int
  /// Input rows from one tap to the next.
  public var dilationHeight: Int
  /// Input columns from one tap to the next.
  public var dilationWidth: Int
  /// Rows of padding above the input: 0 to 4096, as all padding is.
  public var padTop: Int
  /// Columns of padding left of the input.
  public var padLeft: Int
  /// Rows of padding below the input.
  public var padBottom: Int
  /// Columns of padding right of the input.
  public var padRight: Int

  /// Makes a window, of stride 1 and without padding unless said otherwise.
  public init(
    kernelHeight: Int, kernelWidth: Int, strideHeight: Int = 1, strideWidth: Int = 1,
    dilationHeight: Int = 1, dilationWidth: Int = 1, padTop: Int = 0, padLeft: Int = 0,
    padBottom: Int = 0, padRight: Int = 0
  ) {
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.dilationHeight = dilationHeight
    self.dilationWidth = dilationWidth
    self.padTop = padTop
    self.padLeft = padLeft
    self.padBottom = padBottom
    self.padRight = padRight
  }

  /// Reads a window; without `dilated` it has no dilation, and no fields for one.
  init(_ decoder: inout RecordDecoder, dilated: Bool) throws(BundleError) {
    let sizes = 1...BundleLayout.maximumWindow
    kernelHeight = try decoder.count("kernel height", sizes, "1 to 4096")
    kernelWidth = try decoder.count("kernel width", sizes, "1 to 4096")
    strideHeight = try decoder.count("stride height", sizes, "1 to 4096")
    strideWidth = try decoder.count("stride width", sizes, "1 to 4096")
    dilationHeight = dilated ? try decoder.count("dilation height", sizes, "1 to 4096") : 1
    dilationWidth = dilated ? try decoder.count("dilation width", sizes, "1 to 4096") : 1
    let padding = 0...BundleLayout.maximumWindow
    padTop = try decoder.count("pad top", padding, "0 to 4096")
    padLeft = try decoder.count("pad left", padding, "0 to 4096")
    padBottom = try decoder.count("pad bottom", padding, "0 to 4096")
    padRight = try decoder.count("pad right", padding, "0 to 4096")
  }

  func encode(into encoder: inout RecordEncoder, dilated: Bool) {
    for value in [kernelHeight, kernelWidth, strideHeight, strideWidth] {
      encoder.appendUInt32(value)
    }
    if dilated {
      encoder.appendUInt32(dilationHeight)
      encoder.appendUInt32(dilationWidth)
    } else {
      precondition(dilationHeight == 1 && dilationWidth == 1, "pools have no dilation")
    }
    for value in [padTop, padLeft, padBottom, padRight] { encoder.appendUInt32(value) }
  }
}
