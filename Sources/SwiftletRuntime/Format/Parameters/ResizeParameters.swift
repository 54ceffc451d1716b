/// An image of another size: each output pixel is an input pixel, or a weighted mean of four.
///
/// | field | offset |
/// | --- | --- |
/// | interpolation | 0, uint32 |
/// | coordinates | 4, uint32 |
/// | output height, width | 8, 12, uint32 |
public struct ResizeParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.resize

  /// Rows or columns of the output: 1 to this. Loading makes a table of them, so that the limit is
  /// also one of the memory that a small file can ask for.
  public static let maximumLength = 1 << 14

  /// How an output pixel is computed from those around its place in the input.
  public enum Interpolation: UInt32, Sendable, CaseIterable {
    /// One pixel: ⌈p − ½⌉ of the coordinate p, which halves round down to, or ⌊p⌋ where coordinates
    /// are asymmetric.
    case nearest = 0
    /// The weighted mean of the two next to the coordinate, along both axes.
    case bilinear = 1
  }

  /// Where in the input, of n pixels, the centre of output pixel i of m lies.
  public enum Coordinates: UInt32, Sendable, CaseIterable {
    /// (i + ½) · n / m − ½, at least 0 and at most n − 1.
    case halfPixel = 0
    /// i · (n − 1) / (m − 1); 0 for m = 1.
    case alignedCorners = 1
    /// i · n / m, at most n − 1.
    case asymmetric = 2
  }

  /// How an output pixel is computed.
  public var interpolation: Interpolation
  /// Where it lies.
  public var coordinates: Coordinates
  /// Rows of the output: 1 to 16,384.
  public var height: Int
  /// Columns of the output: 1 to 16,384.
  public var width: Int

  /// Makes parameters.
  public init(interpolation: Interpolation, coordinates: Coordinates, height: Int, width: Int) {
    self.interpolation = interpolation
    self.coordinates = coordinates
    self.height = height
    self.width = width
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    let interpolation = decoder.uint32()
    guard let known = Interpolation(rawValue: interpolation) else {
      throw decoder.check.error("interpolation", Int(clamping: interpolation), "0 to 1")
    }
    self.interpolation = known
    let coordinates = decoder.uint32()
    guard let known = Coordinates(rawValue: coordinates) else {
      throw decoder.check.error("coordinates", Int(clamping: coordinates), "0 to 2")
    }
    self.coordinates = known
    let lengths = 1...Self.maximumLength
    height = try decoder.count("output height", lengths, "1 to 16384")
    width = try decoder.count("output width", lengths, "1 to 16384")
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.append(interpolation.rawValue)
    encoder.append(coordinates.rawValue)
    encoder.appendUInt32(height)
    encoder.appendUInt32(width)
  }
}
