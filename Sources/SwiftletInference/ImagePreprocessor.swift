import SwiftletPixels
import SwiftletRuntime

/// Makes a network's input of pictures, as its bundle says: resized, cropped, and each byte through
/// its channel's table.
///
/// What depends on a picture's size only is computed when the size changes; a picture of the same
/// size as the one before is preprocessed without any allocation.
public struct ImagePreprocessor: Sendable {
  /// What the bytes become.
  public let tables: PixelTables
  private var resizer: ImageResizer

  /// Makes an input of pictures.
  ///
  /// - Parameters:
  ///   - geometry: how a picture of any size becomes one of the input's.
  ///   - tables: one a channel: 1, 3 or 4.
  public init(_ geometry: Preprocessing, _ tables: PixelTables) {
    guard let layout = PixelLayout(channels: tables.channels) else {
      preconditionFailure("pictures have 1, 3 or 4 channels")
    }
    self.tables = tables
    resizer = ImageResizer(geometry, layout: layout)
  }

  /// Makes input number `input` of `model`.
  ///
  /// - Throws: `noSuchIndex`; `noPreprocessing` when the bundle does not say how; `preprocessing`,
  ///   `channels` or `interpolation` when what it says does not make that input.
  public init(_ model: Model, input: Int) throws(InferenceError) {
    let ports = model.inputs
    guard ports.indices.contains(input) else {
      throw .noSuchIndex(.input, found: input, count: ports.count)
    }
    guard input == 0, let record = model.preprocessing else { throw .noPreprocessing(input: input) }
    let tensor = model.tensor(ports[input].tensor)
    let tables = PixelTables(record.tables)
    let made = InferenceError.ImageShape(
      height: Int(record.cropHeight), width: Int(record.cropWidth), channels: tables.channels)
    let taken = InferenceError.ImageShape(
      height: tensor.height, width: tensor.width, channels: tensor.channels)
    guard made == taken else { throw .preprocessing(input: input, makes: made, takes: taken) }
    guard PixelLayout(channels: tensor.channels) != nil else {
      throw .channels(input: input, found: tensor.channels)
    }
    guard let interpolation = Interpolation(rawValue: record.interpolation) else {
      throw .interpolation(found: record.interpolation)
    }
    self.init(
      Preprocessing(
        resize: Int(record.resize), cropWidth: taken.width, cropHeight: taken.height,
        filter: ResizeFilter(interpolation)), tables)
  }

  /// How a picture of any size becomes one of the input's.
  public var geometry: Preprocessing { resizer.geometry }

  /// What the bytes of the input's pixels are: grey, RGB or RGBA.
  public var layout: PixelLayout { resizer.layout }

  /// Makes ready for pictures of this size and layout; costs nothing when the last one had them.
  ///
  /// - Throws: `outOfMemory`.
  public mutating func prepare(
    width: Int, height: Int, layout: PixelLayout
  ) throws(InferenceError) {
    do throws(PixelError) {
      try resizer.prepare(width: width, height: height, layout: layout)
    } catch {
      throw InferenceError(error)
    }
  }

  /// Fills an input, NHWC, from a picture of the size and layout that were prepared.
  public mutating func fill(
    _ input: UnsafeMutableBufferPointer<Int8>, from picture: PixelView
  ) {
    let tables = tables
    resizer.withCrop(of: picture) { tables.apply(to: $0, into: input) }
  }

  /// The resized and cropped picture, before the tables.
  ///
  /// - Throws: `outOfMemory`.
  public mutating func crop(_ picture: PixelImage) throws(InferenceError) -> PixelImage {
    do throws(PixelError) {
      return try resizer.crop(picture)
    } catch {
      throw InferenceError(error)
    }
  }
}
