import SwiftletPixels
import SwiftletRuntime

/// What each byte of each channel becomes in an int8 input: normalization and quantization in one
/// step, by 256 entries a channel.
public struct PixelTables: Equatable, Sendable {
  /// 256 bytes a channel, each the bits of an int8.
  public let bytes: [UInt8]

  /// Tables from their bytes: 256 a channel.
  public init(_ bytes: [UInt8]) {
    precondition(!bytes.isEmpty && bytes.count % 256 == 0)
    self.bytes = bytes
  }

  /// The tables of a normalization and of the input's scale and zero point:
  /// ⌊real / scale + zero point + ½⌋, clamped to −128…127.
  public init(_ normalization: Normalization, _ quantization: QuantizationRecord) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 * normalization.channels)
    for channel in 0..<normalization.channels {
      for pixel in 0..<256 {
        let real = Double(normalization.value(pixel, channel: channel))
        let steps = (real / Double(quantization.scale) + Double(quantization.zeroPoint) + 0.5)
          .rounded(.down)
        bytes.append(UInt8(bitPattern: Int8(min(127, max(-128, steps)))))
      }
    }
    self.init(bytes)
  }

  /// How many channels they are for.
  public var channels: Int { bytes.count / 256 }

  /// Writes the input's values, NHWC, of a picture that has its size and channels.
  public func apply(to picture: PixelView, into input: UnsafeMutableBufferPointer<Int8>) {
    let channels = channels
    precondition(picture.channels == channels)
    precondition(input.count == picture.width * picture.height * channels)
    bytes.withUnsafeBufferPointer { tables in
      var position = 0
      for index in 0..<picture.height {
        let row = picture.row(index)
        for start in stride(from: 0, to: row.count, by: channels) {
          for channel in 0..<channels {
            input[position] = Int8(bitPattern: tables[channel * 256 + Int(row[start + channel])])
            position += 1
          }
        }
      }
    }
  }
}
