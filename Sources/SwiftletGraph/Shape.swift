/// The size of one activation tensor: batch 1, height × width × channels (NHWC).
public struct Shape: Hashable, Sendable {
  public var height: Int
  public var width: Int
  public var channels: Int

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
  public var description: String { "\(height)×\(width)×\(channels)" }
}
