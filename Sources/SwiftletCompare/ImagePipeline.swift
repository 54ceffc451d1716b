import SwiftletGraph
import SwiftletImage

/// How an image file becomes the input of a float network: geometry, then (x / 255 − mean) / std.
public struct ImagePipeline: Sendable {
  /// Resize and crop.
  public let geometry: Preprocessing
  /// For red, green and blue, on the scale 0…1.
  public let mean: [Float], deviation: [Float]

  /// A pipeline with three means and three positive deviations.
  public init(geometry: Preprocessing, mean: [Float], deviation: [Float]) {
    precondition(mean.count == 3 && deviation.count == 3)
    self.geometry = geometry
    self.mean = mean
    self.deviation = deviation
  }

  /// The resized and cropped picture of an image file.
  public func picture(_ path: String) throws(ImageError) -> RGBImage {
    try geometry.apply(to: ImageReader.read(path))
  }

  /// The float network's input for a picture that is resized and cropped already.
  public func tensor(_ picture: RGBImage) -> FloatTensor {
    let tables = (0..<3).map { channel in (0..<256).map { value($0, channel: channel) } }
    let shape = Shape(height: picture.height, width: picture.width, channels: 3)
    var values = [Float](repeating: 0, count: shape.count)
    for start in stride(from: 0, to: values.count, by: 3) {
      for channel in 0..<3 {
        values[start + channel] = tables[channel][Int(picture.pixels[start + channel])]
      }
    }
    return FloatTensor(shape: shape, values: values)
  }

  /// The normalised value of a pixel's byte.
  public func value(_ pixel: Int, channel: Int) -> Float {
    (Float(pixel) / 255 - mean[channel]) / deviation[channel]
  }

  /// The least and greatest value that any pixel can take.
  public var range: ClosedRange<Float> {
    let ends = (0..<3).flatMap { [value(0, channel: $0), value(255, channel: $0)] }
    return (ends.min() ?? 0)...(ends.max() ?? 0)
  }
}
