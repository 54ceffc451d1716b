import SwiftletGraph
import SwiftletPlatform

/// The least and greatest value of each channel of a tensor, zero included.
struct ChannelExtremes {
  private var least: [Float] = []
  private var greatest: [Float] = []
  /// Values of each channel so far.
  private var count = 0

  /// Takes in another tensor of the same shape; values must be finite.
  mutating func add(_ tensor: FloatTensor) {
    let image = tensor.shape.image
    let channels = image.channels
    count += image.area
    if least.isEmpty {
      least = [Float](repeating: 0, count: channels)
      greatest = least
    }
    least.withUnsafeMutableBufferPointer { least in
      greatest.withUnsafeMutableBufferPointer { greatest in
        tensor.values.withUnsafeBufferPointer { values in
          for start in stride(from: 0, to: values.count, by: channels) {
            for channel in 0..<channels {
              let value = values[start + channel]
              least[channel] = value < least[channel] ? value : least[channel]
              greatest[channel] = value > greatest[channel] ? value : greatest[channel]
            }
          }
        }
      }
    }
  }

  /// Per channel, with room for values that calibration has not seen.
  ///
  /// The greatest of n normal values is about σ·√(2 ln n), and the greatest of n others differs from
  /// it by a few σ/√(2 ln n): a few 1/(2 ln n) of itself. Three are allowed for.
  var ranges: [ClosedRange<Double>] {
    let margin = 1 + 1.5 / log(Double(max(count, 10)))
    return zip(least, greatest).map { Double($0) * margin...Double($1) * margin }
  }
}
