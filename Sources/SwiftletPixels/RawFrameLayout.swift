/// How the pixels of a raw frame stand in memory.
public enum RawPixelFormat: String, CaseIterable, Sendable {
  /// Rows of interleaved 8-bit red, green and blue.
  case rgb24
  /// Planar 4:2:0, known as I420: a plane of luma, then one of Cb and one of Cr with half as many
  /// columns and rows, rounded up.
  case yuv420
}

/// Where the bytes of a raw frame are.
public struct RawFrameLayout: Equatable, Sendable {
  /// The longest side that is accepted, in pixels.
  public static let maximumSide = 1 << 14
  /// The longest row that is accepted, in bytes.
  public static let maximumStride = 1 << 18
  /// The longest frame that is accepted, in bytes: 256 MiB, that of an image file.
  public static let maximumByteCount = 1 << 28

  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int
  /// How the pixels stand.
  public let format: RawPixelFormat
  /// Bytes from one row to the next; of yuv420 the luma plane's, which is twice the chroma planes'.
  /// Nothing stands for tightly packed rows.
  public let stride: Int?

  /// Describes frames of `width` by `height` pixels.
  ///
  /// nil when a side is not in 1…`maximumSide`, when a stride is shorter than a row, longer than
  /// `maximumStride` or odd with yuv420, or when a frame would have more than
  /// `PixelImage.maximumPixelCount` pixels or `maximumByteCount` bytes.
  public init?(width: Int, height: Int, format: RawPixelFormat, stride: Int? = nil) {
    let sides = 1...Self.maximumSide
    guard sides.contains(width), sides.contains(height),
      width * height <= PixelImage.maximumPixelCount
    else { return nil }
    self.width = width
    self.height = height
    self.format = format
    self.stride = stride
    if let stride {
      // The limit keeps the products below far from overflow.
      guard stride >= tightStride, stride <= Self.maximumStride else { return nil }
      guard format != .yuv420 || stride % 2 == 0 else { return nil }
    }
    guard byteCount <= Self.maximumByteCount else { return nil }
  }

  /// Bytes from one row of RGB or luma to the next.
  public var rowStride: Int { stride ?? tightStride }

  /// Bytes from one row of a chroma plane to the next; 0 without chroma planes.
  public var chromaStride: Int {
    switch format {
    case .rgb24: 0
    case .yuv420: (rowStride + 1) / 2
    }
  }

  /// Rows of a chroma plane; 0 without chroma planes.
  public var chromaRows: Int {
    switch format {
    case .rgb24: 0
    case .yuv420: (height + 1) / 2
    }
  }

  /// Bytes of a frame, with what pads its rows.
  public var byteCount: Int { rowStride * height + 2 * chromaStride * chromaRows }

  private var tightStride: Int {
    switch format {
    case .rgb24: 3 * width
    case .yuv420: width
    }
  }
}
