/// The size of a value: 0 to 6 dimensions, the last of them contiguous in memory.
///
/// Images have four, batch first: `[1, channels, height, width]` as PyTorch and ONNX have them, or
/// `[1, height, width, channels]` after the pass `ChannelsLast`.
public struct Shape: Hashable, Sendable {
  /// The most dimensions a value has.
  public static let maximumRank = 6

  /// The extents, outermost first; not checked (see `validated`).
  public var dimensions: [Int]

  /// A shape from its extents, not checked.
  public init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// A shape from its extents, not checked.
  public init(_ dimensions: Int...) {
    self.dimensions = dimensions
  }

  /// How many dimensions there are; 0 for a single number.
  public var rank: Int { dimensions.count }

  /// The number of elements, of a shape that is `validated`.
  public var count: Int { dimensions.reduce(1, *) }

  /// The extent of a dimension, from 0.
  public subscript(dimension: Int) -> Int { dimensions[dimension] }

  /// For each dimension, how many elements apart its neighbours are.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for dimension in dimensions.indices.dropLast().reversed() {
      strides[dimension] = strides[dimension + 1] * dimensions[dimension + 1]
    }
    return strides
  }
}

extension Shape: CustomStringConvertible {
  /// For example `1×112×112×32`; a single number is `scalar`.
  public var description: String {
    rank == 0 ? "scalar" : dimensions.map(String.init).joined(separator: "×")
  }
}

/// A value as an image, whatever the order of its dimensions: height × width × channels, batch 1.
public struct ImageShape: Hashable, Sendable {
  /// Rows of pixels.
  public var height: Int
  /// Pixels in a row.
  public var width: Int
  /// Values per pixel.
  public var channels: Int

  /// An image from its three sizes, not checked.
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The number of elements.
  public var count: Int { height * width * channels }

  /// The number of pixels.
  public var area: Int { height * width }
}

extension ImageShape: CustomStringConvertible {
  /// For example `112×112×32`.
  public var description: String { "\(height)×\(width)×\(channels)" }
}

/// In which order the dimensions of an image stand.
public enum ImageLayout: String, Hashable, Sendable, CaseIterable {
  /// `[1, channels, height, width]` (NCHW), PyTorch's and ONNX's.
  case channelsFirst
  /// `[1, height, width, channels]` (NHWC), TensorFlow's and the integer runtime's.
  case channelsLast
}

extension ImageLayout {
  /// The image that a value of this layout is: of rank 4, or a vector `[1, channels]`; nil for
  /// other ranks and batches.
  public func image(_ shape: Shape) -> ImageShape? {
    guard shape.rank == 4 || shape.rank == 2, shape[0] == 1 else { return nil }
    if shape.rank == 2 { return ImageShape(height: 1, width: 1, channels: shape[1]) }
    return switch self {
    case .channelsFirst: ImageShape(height: shape[2], width: shape[3], channels: shape[1])
    case .channelsLast: ImageShape(height: shape[1], width: shape[2], channels: shape[3])
    }
  }

  /// The value's shape of rank 4 for an image.
  public func shape(_ image: ImageShape) -> Shape {
    switch self {
    case .channelsFirst: Shape(1, image.channels, image.height, image.width)
    case .channelsLast: Shape(1, image.height, image.width, image.channels)
    }
  }

  /// The dimension of the channels in a value of this rank: 1 or the last.
  public func channelDimension(rank: Int) -> Int {
    switch self {
    case .channelsFirst: min(1, rank - 1)
    case .channelsLast: rank - 1
    }
  }
}

extension Shape {
  /// The image that a channels-last value is in memory: its last dimension are the channels, the one
  /// before the columns, and all before those together the rows. A single number is 1×1×1.
  public var image: ImageShape {
    let channels = dimensions.last ?? 1
    let width = rank >= 3 ? dimensions[rank - 2] : 1
    let height = rank >= 3 ? dimensions.dropLast(2).reduce(1, *) : (rank == 2 ? dimensions[0] : 1)
    return ImageShape(height: height, width: width, channels: channels)
  }
}
