import SwiftletPlatform

/// Sums of squares of a signal and of its error, over any number of values.
public struct NoiseSum: Equatable, Sendable {
  /// Σ x² over the exact values.
  public private(set) var signal = 0.0
  /// Σ (x − approximation)².
  public private(set) var noise = 0.0

  /// No values yet.
  public init() {}

  /// Adds exact values and their approximations.
  @inline(__always)
  public mutating func add(exact: [Float], approximate: (Int) -> Float) {
    var signal = 0.0
    var noise = 0.0
    for (index, value) in exact.enumerated() {
      let error = Double(value) - Double(approximate(index))
      signal += Double(value) * Double(value)
      noise += error * error
    }
    self.signal += signal
    self.noise += noise
  }

  /// Noise over signal, 0 for an exact copy; nil when there is no signal.
  public var ratio: Double? { signal > 0 ? noise / signal : nil }

  /// The signal-to-quantization-noise ratio 10·log₁₀(signal / noise) in dB; nil when it has no
  /// finite value.
  public var decibels: Double? {
    guard signal > 0 && noise > 0 else { return nil }
    return 10 * log10(signal / noise)
  }
}

/// What int8 costs up to one layer and in it.
public struct LayerLoss: Equatable, Sendable {
  /// The layer's name in the source model.
  public let name: String
  /// What the bundle's operation computes, for example `depthwiseConv2D`.
  public let kind: String
  /// Signal-to-noise ratio of the layer's result, with the noise of all layers before it.
  public let decibels: Double?
  /// How many dB the result is below the noisiest of the layer's inputs; negative when the layer
  /// averages noise away.
  public let drop: Double?
  /// Noise over signal that the layer adds to what its inputs bring: what layers are ranked by. A
  /// drop from 60 to 40 dB costs a network less than one from 20 to 15 dB; this says so.
  public let addedNoise: Double

  /// A loss from its figures.
  public init(
    name: String, kind: String, decibels: Double?, drop: Double?, addedNoise: Double
  ) {
    self.name = name
    self.kind = kind
    self.decibels = decibels
    self.drop = drop
    self.addedNoise = addedNoise
  }

  /// The loss of a layer from its own sums and those of its inputs.
  public init(name: String, kind: String, own: NoiseSum, inputs: [NoiseSum]) {
    let before = inputs.compactMap(\.ratio).max() ?? 0
    let worstInput = inputs.compactMap(\.decibels).min()
    var drop: Double?
    if let worstInput, let decibels = own.decibels { drop = worstInput - decibels }
    self.init(
      name: name, kind: kind, decibels: own.decibels, drop: drop,
      addedNoise: max(0, (own.ratio ?? 0) - before))
  }
}

extension [LayerLoss] {
  /// The layers that add the most noise, the worst first; layers that add none are left out.
  public func worst(_ count: Int) -> [LayerLoss] {
    let order = indices.filter { self[$0].addedNoise > 0 }
      .sorted {
        self[$0].addedNoise != self[$1].addedNoise
          ? self[$0].addedNoise > self[$1].addedNoise : $0 < $1
      }
    return order.prefix(count).map { self[$0] }
  }
}
