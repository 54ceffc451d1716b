/// How pixels between two grid points are computed when an image is resized.
public enum Interpolation: UInt32, Sendable, CaseIterable {
  case nearest = 0
  /// Antialiased triangle filter, Pillow's BILINEAR.
  case bilinear = 1
  /// Antialiased Catmull-Rom-like filter (a = −0.5), Pillow's BICUBIC.
  case bicubic = 2
}

/// How an image becomes the input tensor. 64 bytes and three tables of 256.
///
/// The short side is resized to `resize` pixels (0: no resize), then a centre crop of
/// `cropHeight` × `cropWidth` is taken, then each channel byte goes through its table. With
/// `resize` 0 and a size unlike the crop's the image is resized to exactly the crop size.
public struct PreprocessingRecord: Equatable, Sendable {
  /// Pixels of the short side before the crop; 0 for no resize.
  public var resize: UInt32
  /// Rows of the crop: the first input's height.
  public var cropHeight: UInt32
  /// Columns of the crop: the first input's width.
  public var cropWidth: UInt32
  /// The raw value of an `Interpolation`.
  public var interpolation: UInt32
  /// The normalisation (x / 255 − mean) / deviation that the tables hold, for people to read.
  public var mean: [Float]
  /// One for red, green and blue; above zero.
  public var deviation: [Float]
  /// 768 bytes: for red, green and blue, the int8 input value of each uint8 pixel value.
  public var tables: [UInt8]

  /// Makes a record; `mean` and `deviation` have three numbers, `tables` 768.
  public init(
    resize: UInt32, cropHeight: UInt32, cropWidth: UInt32, interpolation: Interpolation,
    mean: [Float], deviation: [Float], tables: [UInt8]
  ) {
    precondition(mean.count == 3 && deviation.count == 3 && tables.count == 768)
    self.resize = resize
    self.cropHeight = cropHeight
    self.cropWidth = cropWidth
    self.interpolation = interpolation.rawValue
    self.mean = mean
    self.deviation = deviation
    self.tables = tables
  }

  init(_ view: ByteView, at offset: Int) {
    resize = view.load(UInt32.self, at: offset)
    cropHeight = view.load(UInt32.self, at: offset + 4)
    cropWidth = view.load(UInt32.self, at: offset + 8)
    interpolation = view.load(UInt32.self, at: offset + 12)
    mean = []
    deviation = []
    for channel in 0..<3 {
      let position = offset + 16 + 4 * channel
      mean.append(Float(bitPattern: view.load(UInt32.self, at: position)))
      deviation.append(Float(bitPattern: view.load(UInt32.self, at: position + 12)))
    }
    tables = []
    tables.reserveCapacity(768)
    for index in 0..<768 { tables.append(view[offset + 64 + index]) }
  }

  /// The 832 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder(length: BundleLayout.preprocessingLength)
    encoder.store(resize, at: 0)
    encoder.store(cropHeight, at: 4)
    encoder.store(cropWidth, at: 8)
    encoder.store(interpolation, at: 12)
    for channel in 0..<3 {
      encoder.store(mean[channel].bitPattern, at: 16 + 4 * channel)
      encoder.store(deviation[channel].bitPattern, at: 28 + 4 * channel)
    }
    encoder.store(bytes: tables, at: 64)
    return encoder.bytes
  }
}
