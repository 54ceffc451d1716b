import SwiftletPixels
import SwiftletRuntime

/// What a float network's input is made of: (x / 255 − mean) / deviation for each byte x, with a
/// mean and a deviation for each channel.
public struct Normalization: Equatable, Sendable {
  /// One a channel, on the scale 0…1.
  public let mean: [Float]
  /// One a channel, above zero.
  public let deviation: [Float]

  /// A normalization from as many means as deviations.
  public init(mean: [Float], deviation: [Float]) {
    precondition(mean.count == deviation.count && !mean.isEmpty)
    self.mean = mean
    self.deviation = deviation
  }

  /// The mean and deviation of ImageNet's training images, which torchvision's networks take.
  public static let imageNet = Normalization(
    mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
  /// −1…1, which Keras's MobileNets take.
  public static let signedUnit = Normalization(
    mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])
  /// 0…1.
  public static let unit = Normalization(mean: [0, 0, 0], deviation: [1, 1, 1])

  /// How many channels it is for.
  public var channels: Int { mean.count }

  /// The real value of a pixel's byte, 0…255.
  public func value(_ pixel: Int, channel: Int) -> Float {
    (Float(pixel) / 255 - mean[channel]) / deviation[channel]
  }

  /// The least and greatest value that any pixel can take.
  public var range: ClosedRange<Float> {
    var least = value(0, channel: 0)
    var greatest = least
    for channel in 0..<channels {
      for end in [value(0, channel: channel), value(255, channel: channel)] {
        least = min(least, end)
        greatest = max(greatest, end)
      }
    }
    return least...greatest
  }

  /// The float input, NHWC, of a picture that has the network's size and channels.
  public func values(of picture: PixelImage) -> [Float] {
    precondition(picture.channels == channels)
    let channels = channels
    var tables: [Float] = []
    tables.reserveCapacity(256 * channels)
    for channel in 0..<channels {
      for pixel in 0..<256 { tables.append(value(pixel, channel: channel)) }
    }
    var values = [Float](repeating: 0, count: picture.pixels.count)
    for start in stride(from: 0, to: values.count, by: channels) {
      for channel in 0..<channels {
        values[start + channel] = tables[channel * 256 + Int(picture.pixels[start + channel])]
      }
    }
    return values
  }
}
