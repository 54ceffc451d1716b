/// Rows and columns of padding around an image; the sides may differ (TensorFlow's SAME).
public struct Padding: Hashable, Sendable {
  public var top: Int
  public var left: Int
  public var bottom: Int
  public var right: Int

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

  public static let none = Padding(all: 0)
}

/// A sliding window: what convolutions and pools have in common. Pairs are (vertical, horizontal).
public struct Window: Hashable, Sendable {
  public var kernelHeight: Int
  public var kernelWidth: Int
  public var strideHeight: Int
  public var strideWidth: Int
  public var dilationHeight: Int
  public var dilationWidth: Int
  public var padding: Padding

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
