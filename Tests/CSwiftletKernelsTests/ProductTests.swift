import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// A product's shapes: pixels and channels, and what of them the second factor has.
struct ProductShape: CustomStringConvertible, Sendable {
  var pixels: Int
  var channels: Int
  var hasPixels: Bool
  var hasChannels: Bool

  var description: String {
    "\(pixels)×\(channels), a value a \(hasPixels ? "pixel" : "")\(hasChannels ? " channel" : "")"
  }

  static let all: [ProductShape] = {
    let sizes: [(pixels: Int, channels: Int)] = [(1, 1), (3, 5), (7, 16), (5, 33), (2, 100)]
    var shapes: [ProductShape] = []
    for size in sizes {
      for hasPixels in [true, false] {
        for hasChannels in [true, false] {
          shapes.append(
            ProductShape(
              pixels: size.pixels, channels: size.channels, hasPixels: hasPixels,
              hasChannels: hasChannels))
        }
      }
    }
    return shapes
  }()
}

@Suite struct ProductTests {
  private static let numbers: [(bias: Int32, multiplier: Int32, shift: Int32)] = [
    (0, 1 << 14, 0), (12345, 20000, 6), (-(1 << 30), 32767, 24), (1 << 30, 16384, 24),
    (777, 31000, -7), (-64, 23456, 1), (65025, 30000, 9),
  ]

  /// The definition in real numbers, each step exact: floor of the shift, two roundings half up.
  private static func oracle(_ a: Int8, _ b: Int8, _ p: SwlProductParams) -> Int8 {
    let sum =
      (Int(a) - Int(p.zero_point_a)) * (Int(b) - Int(p.zero_point_b)) + Int(p.bias)
    let scaled = p.shift >= 0 ? Double(sum) / Double(1 << p.shift) : Double(sum << -p.shift)
    let first = min(max(scaled.rounded(.down), -32768), 32767)
    let second = (first * Double(p.multiplier) / 32768 + 0.5).rounded(.down)
    return Int8(min(max((second / 64).rounded(.down), Double(p.lo)), Double(p.hi)))
  }

  @Test(arguments: ProductShape.all, [Values.random, .extreme])
  func equalsTheDefinition(_ shape: ProductShape, _ values: Values) {
    var random = SplitMix64(seed: 5)
    let (pixels, channels) = (shape.pixels, shape.channels)
    let a = random.int8s(pixels * channels, values)
    let b = random.int8s(
      (shape.hasPixels ? pixels : 1) * (shape.hasChannels ? channels : 1), values)
    for (index, number) in Self.numbers.enumerated() {
      var p = SwlProductParams(
        channels: Int32(channels),
        pixel_step: shape.hasPixels ? Int32(shape.hasChannels ? channels : 1) : 0,
        channel_step: shape.hasChannels ? 1 : 0, zero_point_a: index == 1 ? -128 : 7,
        zero_point_b: index == 2 ? 127 : -5, bias: number.bias, multiplier: number.multiplier,
        shift: number.shift, lo: index == 3 ? -3 : -128, hi: index == 4 ? 100 : 127)
      let expected = (0..<pixels * channels).map { place -> Int8 in
        let (pixel, channel) = place.quotientAndRemainder(dividingBy: channels)
        let start = shape.hasPixels ? pixel * (shape.hasChannels ? channels : 1) : 0
        let other = start + (shape.hasChannels ? channel : 0)
        return Self.oracle(a[place], b[other], p)
      }
      let fault = withAligned(a, b) { inputs in
        faultOfParts(expected: expected, units: pixels, offset: { $0 * channels }) {
          swl_product_s8__portable(&p, inputs[0], inputs[1], $0, Int64($1), Int64($2))
        }
      }
      #expect(fault == nil, "numbers \(index)")
    }
  }

  /// A factor may be overwritten.
  @Test func inPlace() {
    var random = SplitMix64(seed: 6)
    let (a, b) = (random.int8s(60, .random), random.int8s(60, .random))
    var p = SwlProductParams(
      channels: 6, pixel_step: 6, channel_step: 1, zero_point_a: 3, zero_point_b: -9, bias: 500,
      multiplier: 25000, shift: 2, lo: -128, hi: 127)
    let expected = zip(a, b).map { Self.oracle($0, $1, p) }
    #expect(Set(expected).count > 10)
    for isFirst in [true, false] {
      var output = isFirst ? a : b
      output.withUnsafeMutableBufferPointer { output in
        guard let y = output.baseAddress else { return }
        if isFirst {
          swl_product_s8__portable(&p, y, b, y, 0, 10)
        } else {
          swl_product_s8__portable(&p, a, y, y, 0, 10)
        }
      }
      #expect(output == expected)
    }
  }
}
