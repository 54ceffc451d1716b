import SwiftletGraph

/// The least and greatest value of each channel of a tensor, zero included.
struct ChannelExtremes {
  private var least: [Float] = []
  private var greatest: [Float] = []

  /// Takes in another tensor of the same shape; values must be finite.
  mutating func add(_ tensor: FloatTensor) {
    let channels = tensor.shape.channels
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

  /// Per channel.
  var ranges: [ClosedRange<Double>] {
    zip(least, greatest).map { Double($0)...Double($1) }
  }
}
