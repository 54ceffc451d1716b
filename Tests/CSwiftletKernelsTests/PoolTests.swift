import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// The shape of a pooling.
struct PoolShape: CustomStringConvertible, Sendable {
  var h: Int
  var w: Int
  var c: Int
  var kernel: (h: Int, w: Int)
  var stride: (h: Int, w: Int) = (1, 1)
  var pad: (top: Int, left: Int, bottom: Int, right: Int) = (0, 0, 0, 0)

  var outH: Int { (h + pad.top + pad.bottom - kernel.h) / stride.h + 1 }
  var outW: Int { (w + pad.left + pad.right - kernel.w) / stride.w + 1 }

  var description: String {
    "\(h)×\(w)×\(c) kernel \(kernel.h)×\(kernel.w) stride \(stride.h),\(stride.w)"
      + " pad \(pad.top),\(pad.left),\(pad.bottom),\(pad.right)"
  }

  /// The input values of each output byte's window; nil stands for a tap outside the input.
  func windows(_ input: [Int8]) -> [[Int8?]] {
    var result: [[Int8?]] = []
    for y in 0..<outH {
      for x in 0..<outW {
        for channel in 0..<c {
          var taps: [Int8?] = []
          for row in y * stride.h - pad.top..<y * stride.h - pad.top + kernel.h {
            for column in x * stride.w - pad.left..<x * stride.w - pad.left + kernel.w {
              let isInside = (0..<h).contains(row) && (0..<w).contains(column)
              taps.append(isInside ? input[(row * w + column) * c + channel] : nil)
            }
          }
          result.append(taps)
        }
      }
    }
    return result
  }

  /// The kernels' parameters without what only one of the poolings has.
  func parameters(lo: Int, hi: Int) -> SwlPoolParams {
    SwlPoolParams(
      in_h: Int32(h), in_w: Int32(w), channels: Int32(c), out_h: Int32(outH), out_w: Int32(outW),
      kernel_h: Int32(kernel.h), kernel_w: Int32(kernel.w), stride_h: Int32(stride.h),
      stride_w: Int32(stride.w), pad_top: Int32(pad.top), pad_left: Int32(pad.left),
      counts_padding: 0, input_zero_point: 0, entries: nil, lo: Int32(lo), hi: Int32(hi))
  }
}

@Suite struct PoolTests {
  static let shapes: [PoolShape] = [
    PoolShape(h: 1, w: 1, c: 1, kernel: (1, 1)),
    PoolShape(h: 5, w: 7, c: 17, kernel: (3, 3), stride: (2, 2), pad: (1, 1, 1, 1)),
    PoolShape(h: 13, w: 5, c: 65, kernel: (3, 2), stride: (3, 1), pad: (0, 1, 2, 0)),
    PoolShape(h: 7, w: 7, c: 40, kernel: (7, 7)),
    PoolShape(h: 3, w: 17, c: 5, kernel: (2, 5), stride: (1, 3), pad: (1, 4, 0, 2)),
    PoolShape(h: 3, w: 3, c: 130, kernel: (3, 3), pad: (2, 2, 2, 2)),
  ]

  @Test(arguments: shapes, Values.allCases)
  func maximum(_ shape: PoolShape, _ values: Values) {
    var random = SplitMix64(seed: 91)
    let input = random.int8s(shape.h * shape.w * shape.c, values)
    for (lo, hi) in [(-128, 127), (-20, 90), (4, 4)] {
      let expected = shape.windows(input).map { taps in
        Int8(Oracle.clamp(taps.compactMap { $0 }.map { Int($0) }.reduce(-128, max), lo, hi))
      }
      var p = shape.parameters(lo: lo, hi: hi)
      for set in supportedSets {
        let kernels = kernelSet(set)
        let fault = withAligned(input) { inputs in
          faultOfParts(
            expected: expected, units: shape.outH, offset: { $0 * shape.outW * shape.c },
            run: { kernels.maxpool(&p, inputs[0], $0, $1, $2) })
        }
        #expect(fault == nil, "\(String(cString: kernels.name)), clamp \(lo)…\(hi)")
      }
    }
  }

  @Test(arguments: shapes, Values.allCases)
  func average(_ shape: PoolShape, _ values: Values) {
    var random = SplitMix64(seed: 92)
    let input = random.int8s(shape.h * shape.w * shape.c, values)
    let windows = shape.windows(input)
    let taps = shape.kernel.h * shape.kernel.w
    let entries = (1...taps).map { random.meanEntry(divisor: $0, values) }
    for countsPadding in [false, true] {
      let zeroPoint = random.pick([-128, -7, 127])
      let expected = windows.map { window in
        let inside = window.compactMap { $0 }.map { Int($0) }
        let count = countsPadding ? taps : inside.count
        let padding = countsPadding ? (taps - inside.count) * zeroPoint : 0
        return entries[count - 1].oracle(inside.reduce(padding, +), lo: -120, hi: 125)
      }
      var p = shape.parameters(lo: -120, hi: 125)
      p.counts_padding = countsPadding ? 1 : 0
      p.input_zero_point = Int32(zeroPoint)
      entries.withUnsafeBufferPointer { entries in
        p.entries = entries.baseAddress
        for set in supportedSets {
          let kernels = kernelSet(set)
          let fault = withAligned(input) { inputs in
            faultOfParts(
              expected: expected, units: shape.outH, offset: { $0 * shape.outW * shape.c },
              run: { kernels.avgpool(&p, inputs[0], $0, $1, $2) })
          }
          #expect(fault == nil, "\(String(cString: kernels.name)), padding \(countsPadding)")
        }
      }
    }
  }

  @Test(arguments: [(1, 1), (49, 17), (7, 64), (169, 65), (5, 130)], Values.allCases)
  func mean(_ size: (pixels: Int, channels: Int), _ values: Values) {
    var random = SplitMix64(seed: 93)
    let input = random.int8s(size.pixels * size.channels, values)
    let entry = random.meanEntry(divisor: size.pixels, values)
    let (lo, hi) = random.pick([(-128, 127), (-20, 30)])
    let expected = (0..<size.channels).map { channel in
      let sum = stride(from: channel, to: input.count, by: size.channels)
        .reduce(0) { $0 + Int(input[$1]) }
      return entry.oracle(sum, lo: lo, hi: hi)
    }
    var p = SwlMeanParams(
      pixels: Int32(size.pixels), channels: Int32(size.channels), entry: entry,
      lo: Int32(lo), hi: Int32(hi))
    for set in supportedSets {
      let kernels = kernelSet(set)
      let fault = withAligned(input) { inputs in
        faultOfParts(
          expected: expected, units: size.channels, offset: { $0 },
          run: { kernels.mean(&p, inputs[0], $0, $1, $2) })
      }
      #expect(fault == nil, "\(String(cString: kernels.name))")
    }
  }
}

extension SwlMeanEntry {
  /// The output for a sum, by the oracle.
  func oracle(_ sum: Int, lo: Int, hi: Int) -> Int8 {
    Int8(
      Oracle.requantize(
        sum + Int(bias), shift: Int(shift), multiplier: Int(multiplier), lo: lo, hi: hi))
  }
}

extension SplitMix64 {
  /// An entry that divides by `divisor` with equal scales (1/divisor = m·2⁻¹⁵·2^−s·2⁻⁶), with a
  /// random bias; an extreme one for extreme values.
  mutating func meanEntry(divisor: Int, _ values: Values) -> SwlMeanEntry {
    if values == .extreme {
      return SwlMeanEntry(
        bias: pick([-1 << 20, 0, 1 << 20]), multiplier: pick([16384, 32767]),
        shift: pick([-7, 0, 3, 24]), reserved: 0)
    }
    var shift = -7
    var multiplier = 1 << 28
    while multiplier / divisor >= 32768 {
      shift += 1
      multiplier /= 2
    }
    return SwlMeanEntry(
      bias: Int32.random(in: -200...200, using: &self), multiplier: Int16(multiplier / divisor),
      shift: Int8(shift), reserved: 0)
  }
}
