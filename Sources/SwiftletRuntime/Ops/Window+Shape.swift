extension Window {
  /// Throws unless the window is no larger than the padded input, so that the output is not empty.
  func requireFit(_ reader: OperationReader) throws(BundleError) {
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
}
