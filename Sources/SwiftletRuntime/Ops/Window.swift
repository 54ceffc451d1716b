/// A verified sliding window: kernel, stride and dilation of at least one, its output not empty.
///
/// For each axis, output = ⌊(input + padding before + padding after − extent) / stride⌋ + 1 with
/// extent = (kernel − 1) · dilation + 1.
public struct Window: Equatable, Sendable {
  /// Taps down and across.
  public let kernelHeight: Int
  /// Taps across.
  public let kernelWidth: Int
  /// Input rows from one output row to the next.
  public let strideHeight: Int
  /// Input columns from one output column to the next.
  public let strideWidth: Int
  /// Input rows from one tap to the next.
  public let dilationHeight: Int
  /// Input columns from one tap to the next.
  public let dilationWidth: Int
  /// Rows of padding above the input.
  public let padTop: Int
  /// Columns of padding left of the input.
  public let padLeft: Int
  /// Rows of padding below the input.
  public let padBottom: Int
  /// Columns of padding right of the input.
  public let padRight: Int

  /// Reads the window of a record; without `dilated` the dilation is one and its fields unused.
  init(_ reader: OperationReader, dilated: Bool) throws(BundleError) {
    let record = reader.record
    kernelHeight = try Self.size(record.kernelHeight, "kernel height", reader)
    kernelWidth = try Self.size(record.kernelWidth, "kernel width", reader)
    strideHeight = try Self.size(record.strideHeight, "stride height", reader)
    strideWidth = try Self.size(record.strideWidth, "stride width", reader)
    if dilated {
      dilationHeight = try Self.size(record.dilationHeight, "dilation height", reader)
      dilationWidth = try Self.size(record.dilationWidth, "dilation width", reader)
    } else {
      dilationHeight = 1
      dilationWidth = 1
    }
    padTop = try Self.padding(record.padTop, "pad top", reader)
    padLeft = try Self.padding(record.padLeft, "pad left", reader)
    padBottom = try Self.padding(record.padBottom, "pad bottom", reader)
    padRight = try Self.padding(record.padRight, "pad right", reader)
    let input = reader.input
    try reader.check.require(
      (kernelHeight - 1) * dilationHeight + 1 <= input.height + padTop + padBottom,
      "kernel height", kernelHeight, "a window no taller than the padded input")
    try reader.check.require(
      (kernelWidth - 1) * dilationWidth + 1 <= input.width + padLeft + padRight,
      "kernel width", kernelWidth, "a window no wider than the padded input")
  }

  /// Rows of the output for an input of `height` rows.
  func outputHeight(_ height: Int) -> Int {
    (height + padTop + padBottom - (kernelHeight - 1) * dilationHeight - 1) / strideHeight + 1
  }

  /// Columns of the output for an input of `width` columns.
  func outputWidth(_ width: Int) -> Int {
    (width + padLeft + padRight - (kernelWidth - 1) * dilationWidth - 1) / strideWidth + 1
  }

  /// Taps of one window.
  var tapCount: Int { kernelHeight * kernelWidth }

  /// Whether each output pixel is computed from the one input pixel of the same place.
  var isPointwise: Bool {
    tapCount == 1 && strideHeight == 1 && strideWidth == 1
      && padTop == 0 && padLeft == 0 && padBottom == 0 && padRight == 0
  }

  /// Throws unless each window, which has no dilation, holds at least one pixel of the input.
  func requireTapInEachWindow(_ reader: OperationReader) throws(BundleError) {
    let input = reader.input
    try reader.check.require(
      padTop < kernelHeight, "pad top", padTop, "less than the kernel height")
    try reader.check.require(
      padLeft < kernelWidth, "pad left", padLeft, "less than the kernel width")
    let lastRow = (outputHeight(input.height) - 1) * strideHeight - padTop
    try reader.check.require(
      lastRow < input.height, "pad bottom", padBottom, "no window wholly below the input")
    let lastColumn = (outputWidth(input.width) - 1) * strideWidth - padLeft
    try reader.check.require(
      lastColumn < input.width, "pad right", padRight, "no window wholly right of the input")
  }

  private static func size(
    _ value: UInt32, _ field: StaticString, _ reader: OperationReader
  ) throws(BundleError) -> Int {
    try reader.check.require(
      value >= 1 && value <= BundleLayout.maximumWindow, field, Int(clamping: value), "1 to 4096")
    return Int(clamping: value)
  }

  private static func padding(
    _ value: UInt32, _ field: StaticString, _ reader: OperationReader
  ) throws(BundleError) -> Int {
    try reader.check.require(
      value <= BundleLayout.maximumWindow, field, Int(clamping: value), "0 to 4096")
    return Int(clamping: value)
  }
}
