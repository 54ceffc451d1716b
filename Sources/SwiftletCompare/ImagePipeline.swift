import SwiftletGraph
import SwiftletImage
import SwiftletInference
import SwiftletPixels

/// How image files become the input of a float network: geometry, then normalization.
public struct ImagePipeline: Sendable {
  /// What bytes become.
  public let normalization: Normalization
  private var resizer: ImageResizer

  /// A pipeline of pictures of a layout that has as many channels as the normalization.
  public init(
    geometry: Preprocessing, normalization: Normalization, layout: PixelLayout = .rgb
  ) {
    precondition(layout.channels == normalization.channels)
    self.normalization = normalization
    resizer = ImageResizer(geometry, layout: layout)
  }

  /// What the bytes of a picture's pixels are.
  public var layout: PixelLayout { resizer.layout }

  /// Resize and crop.
  public var geometry: Preprocessing { resizer.geometry }

  /// The resized and cropped picture of an image file. Tables are computed again only when the
  /// image's size is not that of the one before.
  public mutating func picture(_ path: String) throws(ImageError) -> PixelImage {
    let image = try ImageReader.read(path)
    do throws(PixelError) {
      return try resizer.crop(image)
    } catch {
      throw ImageError(error)
    }
  }

  /// The float network's input, channels last, for a picture that is resized and cropped already.
  public func tensor(_ picture: PixelImage) -> FloatTensor {
    FloatTensor(
      shape: Shape(1, picture.height, picture.width, picture.channels),
      values: normalization.values(of: picture))
  }
}
