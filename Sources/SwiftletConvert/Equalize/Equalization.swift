import SwiftletGraph
import SwiftletPlatform

/// Brings channels that share a scale to like ranges, where int8 would lose much otherwise.
///
/// Training leaves it open how large a channel is between two linear layers, and some networks have channels
/// there of which one is a thousand times another's: floats do not mind, but int8 with one scale has no level
/// left for the small ones. Scaling by powers of two changes no float result; what the user sees of the
/// tensor, its scale for each channel, keeps the network's own units.
struct Equalization {
  /// For values that were scaled, by what each channel was divided.
  private(set) var factors: [ValueID: [Float]] = [:]

  /// Samples that ranges are taken from, evenly spread.
  private static let sampleCount = 16
  /// The noise must fall to less than this part: networks that do not suffer stay as they are.
  private static let worthwhile = 1.0 / 4

  /// Scales channels of a network after the passes `Pass.reference`, and adds a note if it did.
  ///
  /// - Returns: what was done; nothing for most networks.
  /// - Throws: `ConvertError.sampleCount`, `.sampleShape`.
  static func apply<Samples: RandomAccessCollection<[FloatTensor]>>(
    to graph: inout Graph, samples: Samples, executor: FloatExecutor
  ) throws(ConvertError) -> Equalization {
    let groups = ChannelGroup.all(graph)
    var result = Equalization()
    guard !groups.isEmpty else { return result }
    let spans = try spans(graph, Set(groups.flatMap(\.values)), samples, executor)
    // All are weighed on the network's own weights, before any is changed.
    let divisors = groups.map { group in
      // What nobody reads may not be computed.
      let isSeen = group.values.allSatisfy { spans[$0]?.count == group.channels }
      return isSeen ? Self.divisors(ChannelNoise(group, graph, spans: spans)) : nil
    }
    let names = Calibration.names(graph)
    var layers: [String] = []
    for case (let group, let factors?) in zip(groups, divisors)
    where graph.divide(group, by: factors) {
      for value in group.values { result.factors[value] = factors }
      if let name = names[group.values[0]] { layers.append(name) }
    }
    if let first = layers.first {
      let others = layers.count == 1 ? "" : " and in \(layers.count - 1) more places"
      graph.notes.append(
        "channels after \(first)\(others) had ranges too different for one scale and were equalized: "
          + "floats stay the same")
    }
    return result
  }

  /// By what to divide the channels of a group; nil where it is not worthwhile.
  private static func divisors(_ noise: ChannelNoise) -> [Float]? {
    let exponents = noise.exponents
    let before = noise.share(exponents.map { _ in 0 })
    guard noise.share(exponents) < before * worthwhile else { return nil }
    return exponents.map { Float(sign: .plus, exponent: $0, significand: 1) }
  }

  private static func spans<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ graph: Graph, _ values: Set<ValueID>, _ samples: Samples, _ executor: FloatExecutor
  ) throws(ConvertError) -> [ValueID: [Double]] {
    var extremes: [ValueID: ChannelExtremes] = [:]
    for value in values { extremes[value] = ChannelExtremes() }
    for index in samples.spreadIndices(sampleCount) {
      let sample = samples[index]
      let place = samples.distance(from: samples.startIndex, to: index)
      try Calibration.checkShapes(graph, sample: sample, index: place)
      _ = executor.run(sample) { value, tensor in extremes[value]?.add(tensor) }
    }
    return extremes.mapValues { $0.ranges.map { $0.upperBound - $0.lowerBound } }
  }
}

extension Graph {
  /// Divides each channel of a group by its factor, a power of two.
  ///
  /// - Returns: false, with nothing changed, where a number would leave the range of floats.
  fileprivate mutating func divide(_ group: ChannelGroup, by factors: [Float]) -> Bool {
    var scaled: [(ValueID, [Float])] = []
    for maker in group.makers {
      guard var values = constant(maker)?.floats, values.count % factors.count == 0 else {
        return false
      }
      let row = values.count / factors.count
      for index in values.indices { values[index] /= factors[index / row] }
      scaled.append((maker, values))
    }
    for reader in group.readers {
      guard var values = constant(reader.weights)?.floats else { return false }
      reader.forEachWeight(channels: factors.count) { place, _, channel in
        values[place] *= factors[channel]
      }
      scaled.append((reader.weights, values))
    }
    guard scaled.allSatisfy({ $0.1.allSatisfy(\.isFinite) }) else { return false }
    for (value, values) in scaled { bind(value, .floats(values)) }
    return true
  }
}
