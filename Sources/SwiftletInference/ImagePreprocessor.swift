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

  /// Makes an input as a bundle's record says.
  public init(_ record: PreprocessingRecord) {
    tables = PixelTables(record.tables)
    resizer = ImageResizer(record.geometry, layout: PixelLayout(record.format))
  }

  /// Makes input number `input` of `model`.
  ///
  /// - Throws: `noSuchIndex`, or `noPreprocessing` when the bundle does not say how.
  public init(_ model: Model, input: Int) throws(InferenceError) {
    let count = model.inputs.count
    guard (0..<count).contains(input) else {
      throw .noSuchIndex(.input, found: input, count: count)
    }
    guard let record = model.preprocessing(ofInput: input) else {
      throw .noPreprocessing(input: input)
    }
    self.init(record)
  }

  /// How a picture of any size becomes one of the input's.
  public var geometry: Preprocessing { resizer.geometry }

  /// What the bytes of the input's pixels are: grey, RGB, BGR or RGBA.
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
