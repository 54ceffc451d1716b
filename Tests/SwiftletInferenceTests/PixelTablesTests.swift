import SwiftletInference
import SwiftletPixels
import SwiftletRuntime
import Testing

@Suite("Pixel tables")
struct PixelTablesTests {
  @Test("Normalization has the mean at nothing and the deviation at one step")
  func normalization() {
    let some = Normalization(mean: [0, 0.5], deviation: [1, 0.25])
    #expect(some.channels == 2)
    #expect(some.value(255, channel: 0) == 1)
    #expect(some.value(51, channel: 0) == 0.2)
    #expect(some.value(255, channel: 1) == 2)
    #expect(some.value(0, channel: 1) == -2)
    #expect(some.range == -2...2)
    #expect(Normalization.signedUnit.range == -1...1)
    #expect(Normalization.unit.range == 0...1)
  }

  @Test("The float input takes each channel by its own mean", arguments: [1, 3, 4])
  func floatValues(channels: Int) throws {
    let layout = try #require(PixelLayout(channels: channels))
    let some = Normalization(
      mean: (0..<channels).map { Float($0) / 8 },
      deviation: (0..<channels).map { 1 / Float(1 << $0) })
    let picture = PixelImage(
      width: 2, height: 1, layout: layout,
      pixels: (0..<(2 * channels)).map { UInt8($0 * 30) })
    let expected = picture.pixels.enumerated().map { position, pixel in
      let channel = position % channels
      return (Float(pixel) / 255 - Float(channel) / 8) * Float(1 << channel)
    }
    #expect(some.values(of: picture) == expected)
  }

  /// scale 1/255 and zero point −128 make a byte x the value x − 128, of the range 0…1.
  @Test("Bytes become steps of the scale, halves rounded up, clamped to int8")
  func tables() {
    let exact = PixelTables(.unit, QuantizationRecord(scale: 1.0 / 255, zeroPoint: -128))
    #expect(exact.channels == 3)
    let each = [[Int8]](repeating: Array(-128...127), count: 3)
    #expect(exact.bytes.map { Int8(bitPattern: $0) } == each.flatMap { $0 })
    // 255 is 0.5 and 1.5, 0 is −0.5 and −1.5: numbers that floats hold exactly.
    let halves = PixelTables(
      Normalization(mean: [0.5, -0.5, 0.5, 1.5], deviation: [1, 1, 1, 1]),
      QuantizationRecord(scale: 1, zeroPoint: 10))
    let found = [255, 256 + 255, 512 + 0, 768 + 0].map { Int8(bitPattern: halves.bytes[$0]) }
    #expect(found == [11, 12, 10, 9])
    // Half a byte a step: what is over 127 stays there.
    let double = PixelTables(
      Normalization(mean: [0], deviation: [1]),
      QuantizationRecord(scale: 0.5 / 255, zeroPoint: -10))
    #expect((0...2).map { Int8(bitPattern: double.bytes[$0]) } == [-10, -8, -6])
    #expect(Int8(bitPattern: double.bytes[200]) == 127)
  }

  @Test("Each channel goes through its own table, rows with padding too", arguments: [1, 3, 4])
  func apply(channels: Int) throws {
    let layout = try #require(PixelLayout(channels: channels))
    var bytes: [UInt8] = []
    for channel in 0..<channels { bytes += (0..<256).map { UInt8(($0 + 60 * channel) % 256) } }
    let tables = PixelTables(bytes)
    let (width, height, stride) = (5, 3, 5 * channels + 7)
    let memory = (0..<(height * stride)).map { UInt8(truncatingIfNeeded: $0 * 37) }
    var found = [Int8](repeating: 0, count: width * height * channels)
    memory.withUnsafeBufferPointer { source in
      let view = PixelView(source, width: width, height: height, layout: layout, rowStride: stride)
      found.withUnsafeMutableBufferPointer { tables.apply(to: view, into: $0) }
    }
    var expected: [Int8] = []
    for row in 0..<height {
      for column in 0..<(width * channels) {
        let pixel = Int(memory[row * stride + column])
        expected.append(
          Int8(truncatingIfNeeded: pixel + 60 * (column % channels)))
      }
    }
    #expect(found == expected)
  }
}
