/// Rows and columns of padding around an image; the sides may differ (TensorFlow's SAME).
public struct Padding: Hashable, Sendable {
  /// Rows above the image.
  public var top: Int
  /// Columns before the image.
  public var left: Int
  /// Rows below the image.
  public var bottom: Int
  /// Columns after the image.
  public var right: Int

  /// Padding from its four sides.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// The same padding on all four sides.
  public init(all sides: Int) {
    self.init(top: sides, left: sides, bottom: sides, right: sides)
  }

  /// No padding.
  public static let none = Padding(all: 0)
}

/// A sliding window: what convolutions and pools have in common. Pairs are (vertical, horizontal).
public struct Window: Hashable, Sendable {
  /// Taps from top to bottom.
  public var kernelHeight: Int
  /// Taps from left to right.
  public var kernelWidth: Int
  /// Pixels from one window to the next below.
  public var strideHeight: Int
  /// Pixels from one window to the next on the right.
  public var strideWidth: Int
  /// Pixels from one tap to the next below; 1 is dense.
  public var dilationHeight: Int
  /// Pixels from one tap to the next on the right; 1 is dense.
  public var dilationWidth: Int
  /// What surrounds the image.
  public var padding: Padding

  /// A window from its parts.
  public init(
    kernelHeight: Int, kernelWidth: Int, strideHeight: Int, strideWidth: Int,
    dilationHeight: Int = 1, dilationWidth: Int = 1, padding: Padding = .none
  ) {
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.dilationHeight = dilationHeight
    self.dilationWidth = dilationWidth
    self.padding = padding
  }

  /// A square window with the same stride and dilation both ways.
  public init(kernel: Int, stride: Int = 1, dilation: Int = 1, padding: Padding = .none) {
    self.init(
      kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride,
      dilationHeight: dilation, dilationWidth: dilation, padding: padding)
  }
}
