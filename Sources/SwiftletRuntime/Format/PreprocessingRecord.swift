/// How pixels between two grid points are computed when an image is resized.
public enum Interpolation: UInt32, Sendable, CaseIterable {
  case nearest = 0
  /// Antialiased triangle filter, Pillow's BILINEAR.
  case bilinear = 1
  /// Antialiased Catmull-Rom-like filter (a = −0.5), Pillow's BICUBIC.
  case bicubic = 2
}

/// Which channels an input's pixels have, in which order.
public enum PixelFormat: UInt32, Sendable, CaseIterable {
  /// One channel of brightness.
  case gray = 1
  case rgb = 2
  case bgr = 3
  /// Red, green, blue and opacity.
  case rgba = 4

  /// 1, 3 or 4.
  public var channelCount: Int {
    switch self {
    case .gray: return 1
    case .rgb, .bgr: return 3
    case .rgba: return 4
    }
  }
}

/// How an image becomes an input tensor. 64 bytes and four tables of 256.
///
/// The short side is resized to `resize` pixels (0: no resize), then a centre crop of
/// `cropHeight` × `cropWidth` is taken, then each channel byte goes through its table. With
/// `resize` 0 and a size unlike the crop's the image is resized to exactly the crop size.
///
/// | field | offset |
/// | --- | --- |
/// | input | 0, uint32 |
/// | format | 4, uint32 |
/// | resize | 8, uint32 |
/// | crop height, width | 12, 16, uint32 |
/// | interpolation | 20, uint32 |
/// | mean | 24, float32 × 4 |
/// | deviation | 40, float32 × 4 |
/// | reserved | 56, zeros |
/// | tables | 64, 4 × 256 bytes |
///
/// Means, deviations and tables of channels that the format has not are zeros.
public struct PreprocessingRecord: Equatable, Sendable {
  /// The index of the input among the inputs.
  public var input: UInt32
  /// Which channels the input has.
  public var format: PixelFormat
  /// Pixels of the short side before the crop; 0 for no resize.
  public var resize: UInt32
  /// Rows of the crop: the input's height.
  public var cropHeight: UInt32
  /// Columns of the crop: the input's width.
  public var cropWidth: UInt32
  /// How pixels are computed that lie between an image's.
  public var interpolation: Interpolation
  /// The normalisation (x / 255 − mean) / deviation that the tables hold, for people to read: one
  /// for each channel, in the order of the format.
  public var mean: [Float]
  /// One for each channel; above zero.
  public var deviation: [Float]
  /// 256 bytes for each channel: the int8 input value of each uint8 pixel value.
  public var tables: [UInt8]

  /// Makes a record; `mean` and `deviation` have a number a channel, `tables` 256.
  public init(
    input: UInt32 = 0, format: PixelFormat = .rgb, resize: UInt32, cropHeight: UInt32,
    cropWidth: UInt32, interpolation: Interpolation, mean: [Float], deviation: [Float],
    tables: [UInt8]
  ) {
    let channels = format.channelCount
    precondition(
      mean.count == channels && deviation.count == channels
        && tables.count == channels * BundleLayout.tableLength)
    self.input = input
    self.format = format
    self.resize = resize
    self.cropHeight = cropHeight
    self.cropWidth = cropWidth
    self.interpolation = interpolation
    self.mean = mean
    self.deviation = deviation
    self.tables = tables
  }

  /// Reads a record and checks all that does not depend on the input.
  init(_ view: ByteView, _ check: RecordCheck) throws(BundleError) {
    var decoder = RecordDecoder(view, check)
    input = UInt32(
      clamping: try decoder.count(
        "input", 0...BundleLayout.maximumPorts, "the index of an input"))
    let raw = decoder.uint32()
    guard let format = PixelFormat(rawValue: raw) else {
      throw check.error("format", Int(clamping: raw), "1 (gray), 2 (RGB), 3 (BGR) or 4 (RGBA)")
    }
    self.format = format
    let limit = 0...BundleLayout.maximumDimension
    resize = UInt32(clamping: try decoder.count("resize", limit, "at most 2²⁰"))
    cropHeight = UInt32(clamping: try decoder.count("crop height", limit, "at most 2²⁰"))
    cropWidth = UInt32(clamping: try decoder.count("crop width", limit, "at most 2²⁰"))
    let filter = decoder.uint32()
    guard let interpolation = Interpolation(rawValue: filter) else {
      throw check.error(
        "interpolation", Int(clamping: filter), "0 (nearest), 1 (bilinear) or 2 (bicubic)")
    }
    self.interpolation = interpolation
    let channels = format.channelCount
    mean = []
    deviation = []
    for _ in 0..<channels {
      mean.append(try decoder.float("mean (as bits)", "a finite number"))
    }
    try decoder.skipZeros(4 * (4 - channels))
    for _ in 0..<channels {
      deviation.append(
        try decoder.float("deviation (as bits)", "a finite number above zero") { $0 > 0 })
    }
    try decoder.skipZeros(4 * (4 - channels) + 8)
    let used = channels * BundleLayout.tableLength
    tables = []
    tables.reserveCapacity(used)
    for index in 0..<used { tables.append(view[64 + index]) }
    let unused = view.slice(64 + used, BundleLayout.preprocessingLength - 64 - used)
    try check.require(unused.isZero, "reserved bytes", 1, "zeros")
  }

  /// The 1,088 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.append(input)
    encoder.append(format.rawValue)
    encoder.append(resize)
    encoder.append(cropHeight)
    encoder.append(cropWidth)
    encoder.append(interpolation.rawValue)
    let missing = [Float](repeating: 0, count: 4 - format.channelCount)
    for value in mean + missing { encoder.append(value) }
    for value in deviation + missing { encoder.append(value) }
    encoder.pad(toMultipleOf: BundleLayout.alignment)
    encoder.append(tables)
    encoder.append([UInt8](repeating: 0, count: missing.count * BundleLayout.tableLength))
    return encoder.bytes
  }
}
