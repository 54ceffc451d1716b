internal import CSwiftletKernels

/// What each output row, or column, of a resized image reads, computed from whole numbers only. The
/// table lives as long as this object.
final class ResizeTaps: @unchecked Sendable {
  /// One an output row. Written by `init` only.
  private let taps: UnsafeMutablePointer<SwlResizeTap>

  /// The table of one axis, from `input` to `output` pixels.
  init(_ parameters: ResizeParameters, input: Int, output: Int) {
    taps = .allocate(capacity: output)
    for index in 0..<output {
      let place = Fraction(parameters.coordinates, index, input: input, output: output)
      let tap = place.tap(parameters.interpolation, parameters.coordinates)
      (taps + index).initialize(to: tap)
    }
  }

  deinit {
    taps.deallocate()
  }

  /// The address of the first.
  var pointer: UnsafePointer<SwlResizeTap> { UnsafePointer(taps) }
}

/// A coordinate in the input, exactly. 64 bits everywhere: of 2²⁰ pixels at most to 2¹⁴ at most,
/// numerators are below 2³⁵.
private struct Fraction {
  let numerator: Int64
  let denominator: Int64

  /// The coordinate of output pixel `index` among `input` pixels, 0 to input − 1.
  init(_ coordinates: ResizeParameters.Coordinates, _ index: Int, input: Int, output: Int) {
    let (index, input, output) = (Int64(index), Int64(input), Int64(output))
    switch coordinates {
    case .halfPixel:
      denominator = 2 * output
      let place = (2 * index + 1) * input - output
      numerator = min(max(place, 0), (input - 1) * denominator)
    case .alignedCorners:
      denominator = max(output - 1, 1)
      numerator = index * (input - 1)
    case .asymmetric:
      denominator = output
      numerator = min(index * input, (input - 1) * denominator)
    }
  }

  func tap(
    _ interpolation: ResizeParameters.Interpolation, _ coordinates: ResizeParameters.Coordinates
  ) -> SwlResizeTap {
    switch (interpolation, coordinates) {
    case (.nearest, .asymmetric):
      return SwlResizeTap(position: Int32(numerator / denominator), weight: 0)
    case (.nearest, .halfPixel), (.nearest, .alignedCorners):
      // ⌈p − ½⌉ = ⌊(2a + b − 1) / 2b⌋ for p = a / b.
      let position = (2 * numerator + denominator - 1) / (2 * denominator)
      return SwlResizeTap(position: Int32(position), weight: 0)
    case (.bilinear, _):
      let (position, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
      let one = Int64(1) << Int64(SWL_RESIZE_WEIGHT_BITS)
      let weight = (2 * one * rest + denominator) / (2 * denominator)
      return SwlResizeTap(position: Int32(position), weight: Int32(weight))
    }
  }
}
