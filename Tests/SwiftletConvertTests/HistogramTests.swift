import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletConvert

@Suite struct HistogramTests {
  @Test func countsEqualACountFromScratch() {
    var random = SplitMix64(seed: 7)
    var histogram = Histogram()
    var all: [Float] = []
    for scale: Float in [0.001, 0.5, 3, 0.2, 40] {
      let values = (0..<1000).map { _ in random.nextSignedUnit() * scale }
      all += values
      let isFinite = histogram.add(values)
      #expect(isFinite)
    }
    #expect(histogram.total == 5000)
    #expect(histogram.counts.reduce(0, +) == 5000)
    #expect(histogram.range == Double(all.min() ?? 0)...Double(all.max() ?? 0))
    // Below any bin edge the count is the number of smaller values, up to float rounding at the
    // edge itself.
    for bin in stride(from: 1, to: 2 * Histogram.halfCount, by: 997) {
      let edge = histogram.center(bin) - histogram.binWidth / 2
      let below = histogram.counts[..<bin].reduce(0, +)
      let naive = all.filter { Double($0) < edge }.count
      #expect(abs(Int(below) - naive) <= 2)
    }
  }

  @Test func leadingZerosAreKept() {
    var histogram = Histogram()
    _ = histogram.add([0, 0, 0])
    #expect(histogram.range == 0...0)
    _ = histogram.add([1, -0.25])
    #expect(histogram.counts.reduce(0, +) == 5)
    #expect(histogram.range == -0.25...1)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func notFiniteIsRefused(value: Float) {
    var histogram = Histogram()
    let isFinite = histogram.add([1, value, 2])
    #expect(!isFinite)
    #expect(histogram.total == 0)
  }

  /// Roughly normal values with a few far outliers.
  private func outlierHistogram() -> (Histogram, [Float]) {
    var random = SplitMix64(seed: 11)
    var values = (0..<20000).map { _ in
      (0..<12).reduce(Float(0)) { sum, _ in sum + random.nextSignedUnit() } / 2
    }
    values += [60, -45]
    var histogram = Histogram()
    _ = histogram.add(values)
    return (histogram, values)
  }

  @Test func expectedErrorIsTheMeasuredOne() {
    let (histogram, values) = outlierHistogram()
    for range in [-45.0...60, -4.0...4, -2.0...3] {
      let record = ActivationQuantizer.parameters(covering: range)
      let measured =
        values.reduce(0.0) {
          let error = record.dequantize(record.quantize(Double($1))) - Double($1)
          return $0 + error * error
        } / Double(values.count)
      let expected = RangeSearch.expectedError(histogram, range: range)
      #expect(abs(expected - measured) < 0.05 * measured)
    }
  }

  @Test func searchesLeaveOutliersOut() {
    let (histogram, _) = outlierHistogram()
    let full = histogram.range
    let mse = RangeSearch.meanSquaredError(histogram)
    let percentile = RangeSearch.percentile(histogram, dropping: 5e-4)
    let entropy = RangeSearch.entropy(histogram)
    #expect(
      RangeSearch.expectedError(histogram, range: mse)
        <= RangeSearch.expectedError(histogram, range: full))
    #expect(percentile.upperBound < 10 && percentile.lowerBound > -10)
    #expect(entropy.upperBound < full.upperBound && entropy.lowerBound > full.lowerBound)
  }

  @Test func percentileOfAllEqualValuesIsThatValue() {
    var histogram = Histogram()
    _ = histogram.add([Float](repeating: 2, count: 100))
    let range = RangeSearch.percentile(histogram, dropping: 0.01)
    #expect(range.contains(2))
    #expect(range.upperBound - range.lowerBound <= 2 * histogram.binWidth)
  }
}
