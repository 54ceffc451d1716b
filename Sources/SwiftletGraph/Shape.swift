/// The size of one activation tensor: batch 1, height × width × channels (NHWC).
public struct Shape: Hashable, Sendable {
  /// Rows of pixels.
  public var height: Int
  /// Pixels in a row.
  public var width: Int
  /// Values per pixel.
  public var channels: Int

  /// A shape from its three sizes, not checked.
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A vector: what global pooling, flatten and fully connected layers produce.
  public init(channels: Int) {
    self.init(height: 1, width: 1, channels: channels)
  }

  /// The number of elements.
  public var count: Int { height * width * channels }

  /// The number of pixels.
  public var area: Int { height * width }
}

extension Shape: CustomStringConvertible {
  /// For example `112×112×32`.
  public var description: String { "\(height)×\(width)×\(channels)" }
}
