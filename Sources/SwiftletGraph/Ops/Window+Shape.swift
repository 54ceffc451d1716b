extension Window {
  /// The shape rule of a sliding window: the output's height and width, floor rounding.
  ///
  /// - Returns: ⌊(size + padding before + padding after − dilation · (kernel − 1) − 1) / stride⌋ + 1
  ///   along each axis.
  /// - Throws: `malformed` for a kernel, stride or dilation below 1 or negative padding,
  ///   `emptyOutput` when the kernel does not fit into the padded input.
  public func outputSize(
    of input: ImageShape
  ) throws(ShapeMismatch) -> (height: Int, width: Int) {
    let height = try Self.outputLength(
      input.height, kernel: kernelHeight, stride: strideHeight, dilation: dilationHeight,
      before: padding.top, after: padding.bottom, input: input)
    let width = try Self.outputLength(
      input.width, kernel: kernelWidth, stride: strideWidth, dilation: dilationWidth,
      before: padding.left, after: padding.right, input: input)
    return (height, width)
  }

  /// The shape rule of pooling: like `outputSize`, and every window must hold at least one pixel.
  ///
  /// That is so when the padding is smaller than the kernel's extent and neighbouring taps cannot
  /// step over the whole image.
  func pooledSize(of input: ImageShape) throws(ShapeMismatch) -> (height: Int, width: Int) {
    let size = try outputSize(of: input)
    let extentHeight = (kernelHeight - 1) * dilationHeight + 1
    let extentWidth = (kernelWidth - 1) * dilationWidth + 1
    guard max(padding.top, padding.bottom) < extentHeight,
      max(padding.left, padding.right) < extentWidth,
      dilationHeight == 1 || dilationHeight <= input.height,
      dilationWidth == 1 || dilationWidth <= input.width
    else {
      throw .malformed(
        "the pooling window's padding or dilation lets a window miss the input of \(input)")
    }
    return size
  }

  /// The shape rule of pooling for a value of a layout: as `pooledSize`, and the channels stay.
  func pooledShape(_ shape: Shape, _ layout: ImageLayout) throws(ShapeMismatch) -> Shape {
    let input = try layout.requiredImage(shape)
    let size = try pooledSize(of: input)
    let output = ImageShape(height: size.height, width: size.width, channels: input.channels)
    return try layout.shape(output).validated()
  }

  /// The shape rule along one axis; all arithmetic reports overflow.
  private static func outputLength(
    _ length: Int, kernel: Int, stride: Int, dilation: Int, before: Int, after: Int,
    input: ImageShape
  ) throws(ShapeMismatch) -> Int {
    guard kernel >= 1, stride >= 1, dilation >= 1 else {
      throw .malformed(
        "kernel \(kernel), stride \(stride) and dilation \(dilation) must all be at least 1")
    }
    guard before >= 0, after >= 0 else {
      throw .malformed("padding must not be negative, found \(before) and \(after)")
    }
    guard let reach = checkedProduct(kernel - 1, dilation),
      let padded = checkedSum(length, before, after)
    else {
      throw .malformed("the window's kernel, dilation or padding is too large")
    }
    guard reach < padded else { throw .emptyOutput(input: input) }
    let (output, overflow) = ((padded - reach - 1) / stride).addingReportingOverflow(1)
    guard !overflow else { throw .malformed("the window's padding is too large") }
    return output
  }

  /// The taps of one axis that lie inside the image for a window that begins at `start`.
  static func validTaps(start: Int, kernel: Int, dilation: Int, length: Int) -> Range<Int> {
    let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
    let end = start >= length ? 0 : (length - start + dilation - 1) / dilation
    let last = min(kernel, end)
    return first < last ? first..<last : 0..<0
  }
}

extension Window: CustomStringConvertible {
  /// For example `3×3, stride 2, padding 1`; what is usual is left out.
  public var description: String {
    var parts = ["\(kernelHeight)×\(kernelWidth)"]
    func add(_ name: String, _ height: Int, _ width: Int) {
      if height == 1 && width == 1 { return }
      parts.append(height == width ? "\(name) \(height)" : "\(name) \(height)×\(width)")
    }
    add("stride", strideHeight, strideWidth)
    add("dilation", dilationHeight, dilationWidth)
    let sides = [padding.top, padding.left, padding.bottom, padding.right]
    if Set(sides).count > 1 {
      parts.append("padding " + sides.map(String.init).joined(separator: ","))
    } else if padding.top > 0 {
      parts.append("padding \(padding.top)")
    }
    return parts.joined(separator: ", ")
  }
}
