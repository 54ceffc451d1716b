import SwiftletGraph
import SwiftletPlatform

/// What int8 costs the layers that read a group of channels, by the usual model of rounding: an error that
/// is uniform within a step, a twelfth of its square.
struct ChannelNoise {
  /// The greatest magnitude of each channel over the group's values.
  private let spans: [Double]
  private let readers: [Reader]

  private struct Reader {
    let shape: ChannelReader
    /// The greatest distance between values of each channel of what is read.
    let spans: [Double]
    let weights: [Float]
    /// The sum of the squares of each channel's weights, and the greatest magnitude.
    var energy: [Double]
    var largest: [Double]
  }

  /// Looks at a group of `graph`. `spans` are the distances between the least and the greatest value of
  /// each channel of each value.
  init(_ group: ChannelGroup, _ graph: Graph, spans: [ValueID: [Double]]) {
    self.spans = (0..<group.channels).map { channel in
      group.values.map { spans[$0]?[channel] ?? 0 }.max() ?? 0
    }
    let zeros = [Double](repeating: 0, count: group.channels)
    readers = group.readers.map { shape in
      var reader = Reader(
        shape: shape, spans: spans[shape.value] ?? zeros,
        weights: graph.constant(shape.weights)?.floats ?? [], energy: zeros, largest: zeros)
      shape.forEachWeight(channels: group.channels) { place, _, channel in
        let weight = Double(abs(reader.weights[place]))
        reader.energy[channel] += weight * weight
        reader.largest[channel] = max(reader.largest[channel], weight)
      }
      return reader
    }
  }

  /// By what to divide each channel: powers of two, with which floats stay exactly what they were.
  ///
  /// Where all readers are depthwise, weights have a scale for each channel anyway: all channels get the
  /// range of the widest. Elsewhere ranges and weights get equal shares of their product (Nagel et al.,
  /// "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.1, with
  /// ranges of values in place of the weights before them, which have scales of their own).
  var exponents: [Int] {
    let wanted = spans.indices.map { channel -> Double? in
      let largest = readers.map { $0.largest[channel] }.max() ?? 0
      let wanted = isDepthwise ? spans[channel] : (spans[channel] / largest).squareRoot()
      return wanted > 0 && wanted.isFinite ? log2(wanted) : nil
    }
    // The widest channel keeps its range.
    let middle = spans.indices.compactMap { channel in
      wanted[channel].map { log2(spans[channel]) - $0 }
    }.max()
    let widest = log2(spans.max() ?? 1)
    guard let middle else { return spans.map { _ in 0 } }
    var exponents = wanted.map { wanted in
      wanted.map { Self.clamped($0 + middle - widest) } ?? 0
    }
    // What nobody reads may be as small as the others.
    let others = spans.indices.filter { wanted[$0] != nil }
    let room = others.map { spans[$0] / exp2(Double(exponents[$0])) }.max() ?? 0
    for channel in spans.indices where wanted[channel] == nil && spans[channel] > room && room > 0 {
      exponents[channel] = Self.clamped(log2(spans[channel] / room) + 0.5)
    }
    return exponents
  }

  private static func clamped(_ exponent: Double) -> Int {
    Int(min(max(exponent.rounded(), -largestExponent), largestExponent))
  }

  /// Dead channels are not blown up beyond this.
  private static let largestExponent = 24.0

  private var isDepthwise: Bool { readers.allSatisfy(\.shape.isDepthwise) }

  /// The readers' noise as a share of their signal, summed, with each channel divided by 2^exponent.
  func share(_ exponents: [Int]) -> Double {
    let factors = exponents.map { exp2(Double($0)) }
    return readers.reduce(0) { $0 + share($1, factors) }
  }

  private func share(_ reader: Reader, _ factors: [Double]) -> Double {
    let spans = reader.spans.indices.map { reader.spans[$0] / factors[$0] }
    let widest = spans.max() ?? 0
    let least = isDepthwise ? widest * PerChannel.leastShare : widest
    var signal = 0.0
    var noise = 0.0
    for channel in spans.indices {
      let energy = reader.energy[channel]
      let step = max(spans[channel], least) * factors[channel] / 255
      noise += step * step / 12 * energy
      signal += reader.spans[channel] * reader.spans[channel] / 3 * energy
    }
    // Rounded weights: a row's step by the variance of what it is multiplied with.
    var largest = [Double](repeating: 0, count: reader.shape.outputChannels)
    var energy = largest
    reader.shape.forEachWeight(channels: spans.count) { place, row, channel in
      let weight = Double(abs(reader.weights[place])) * factors[channel]
      largest[row] = max(largest[row], weight)
      energy[row] += spans[channel] * spans[channel] / 3
    }
    for row in largest.indices {
      let step = largest[row] / 127
      noise += step * step / 12 * energy[row]
    }
    return signal > 0 ? noise / signal : 0
  }
}

extension ChannelReader {
  /// Calls `body` with each weight's place, its output channel and the input channel it is for.
  func forEachWeight(channels: Int, _ body: (_ place: Int, _ row: Int, _ channel: Int) -> Void) {
    let depth = channels / groups
    var place = 0
    for row in 0..<outputChannels {
      let first = row / (outputChannels / groups) * depth
      for _ in 0..<taps {
        for channel in first..<first + depth {
          body(place, row, channel)
          place += 1
        }
      }
    }
  }
}
