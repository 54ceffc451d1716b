/// How the pixels of a resized image are made from the source's.
///
/// All three give the same bytes as Pillow's filters of the same names. Bilinear and bicubic
/// widen with the reduction (they are antialiased): a triangle of half width 1, and the cubic
/// convolution kernel with a = −0.5 of half width 2.
public enum ResizeFilter: Sendable, CaseIterable {
  case nearest, bilinear, bicubic
}

/// The weights of the source pixels for each result pixel along one axis, in fixed point.
///
/// For result pixel i of n, with scale = source / n, the weights are the kernel's values
/// at (j + ½ − (i + ½) · scale) / max(scale, 1) over the source pixels j, divided by their sum in
/// double and rounded, halves away from zero, to integers over 2²².
struct ResampleWeights {
  /// Bits after the binary point: 32, less 8 for the pixel, less 2 for overshoot and sign.
  static let fractionBits: Int32 = 22

  /// For each result pixel: the first source pixel, and the weights' place in `weights`.
  private(set) var taps: [(first: Int, weights: Range<Int>)] = []
  private(set) var weights: [Int32] = []

  /// The most source pixels that a result pixel is made of.
  static func longestFilter(_ source: Int, _ result: Int, _ kernel: ResampleKernel) -> Int {
    min(source, Int(2 * kernel.support * max(Double(source) / Double(result), 1)) + 2)
  }

  /// The source pixels that are used at all.
  var sources: Range<Int> {
    guard let first = taps.first, let last = taps.last else { return 0..<0 }
    return first.first..<(last.first + last.weights.count)
  }

  /// Weights for the result pixels in `window` when `source` pixels become `result`.
  init(source: Int, result: Int, window: Range<Int>, kernel: ResampleKernel) {
    let scale = Double(source) / Double(result)
    let widening = max(scale, 1)
    let support = kernel.support * widening
    let perUnit = 1 / widening
    taps.reserveCapacity(window.count)
    weights.reserveCapacity(window.count * Self.longestFilter(source, result, kernel))
    var values: [Double] = []
    for index in window {
      let center = (Double(index) + 0.5) * scale
      // Conversion to Int drops the fraction, toward zero.
      let first = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), source)
      values.removeAll(keepingCapacity: true)
      var sum = 0.0
      for pixel in first..<end {
        let value = kernel.value(at: (Double(pixel) - center + 0.5) * perUnit)
        values.append(value)
        sum += value
      }
      let start = weights.count
      let one = Double(1 << Self.fractionBits)
      for value in values {
        let weight = (sum == 0 ? value : value / sum) * one
        weights.append(Int32(weight < 0 ? weight - 0.5 : weight + 0.5))
      }
      taps.append((first, start..<weights.count))
    }
  }
}

/// The shape of a resampling filter.
enum ResampleKernel {
  case triangle, cubic

  /// The half width outside which the value is zero.
  var support: Double {
    switch self {
    case .triangle: 1
    case .cubic: 2
    }
  }

  /// The weight at a distance, in pixels of the coarser grid.
  func value(at distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .triangle:
      return x < 1 ? 1 - x : 0
    case .cubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
      return 0
    }
  }
}
