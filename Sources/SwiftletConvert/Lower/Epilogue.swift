import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// Everything about the epilogue of a convolution or fully connected layer: how its channels are
/// quantized, and what becomes of the residual and the activation that are joined to it.
struct LinearEpilogue {
  private let name: String
  private let isDepthwise: Bool
  private let fixedScales: [Float]?
  private let input: ActivationScales
  private let result: ActivationScales
  private let clamp: ClosedRange<Double>?
  /// What weights and biases are multiplied by: 1, or a gate's gain.
  let gain: Double
  /// What is then added to the bias: 0, or a gate's offset.
  private let offset: Double
  /// h-swish and curves: how, and F, the same for all channels.
  private var second: (preactivation: Preactivation, outputShift: Int)?
  /// Residual addition: m_r and the other operand's zero point.
  private var residual: (multiplier: Int, zeroPoint: Double)?

  /// Prepares the epilogue of a linear node.
  ///
  /// - Throws: `ConvertError.outOfRange` when the activation's or the residual's numbers do not fit.
  init(
    _ node: Node, _ graph: Graph, _ quantization: TensorQuantization
  ) throws(ConvertError) {
    name = node.name
    let linear = node.operation.definition.linear
    isDepthwise = linear?.isDepthwise ?? false
    fixedScales = linear?.fixedScales
    input = quantization.scales(node.inputs[0])
    result = quantization.scales(node.output)
    switch node.tail?.activation?.fusion {
    case .clamp(let bounds): (clamp, gain, offset) = (bounds, 1, 0)
    case .gate(let gain, let offset): (clamp, self.gain, self.offset) = (0...1, gain, offset)
    case nil, .some(.none), .hardSwish, .curve: (clamp, gain, offset) = (nil, 1, 0)
    }
    if let preactivation = result.preactivation {
      second = (preactivation, try outputShift(preactivation))
    } else if let other = node.tail?.residual {
      residual = try residualNumbers(quantization[other])
    }
  }

  /// What the bundle says of it.
  var epilogue: SwiftletRuntime.Epilogue {
    if let second {
      switch second.preactivation.function {
      case .hardSwish(let bits):
        return .hardSwish(fractionBits: bits, outputShift: second.outputShift)
      case .curve(_, let coreShift, let hasRamp):
        return .curve(
          coreShift: coreShift, outputShift: second.outputShift, hasRamp: hasRamp)
      }
    }
    return residual.map { .add(multiplier: $0.multiplier) } ?? .requantize
  }

  /// What the bundle holds behind the channels of a curve.
  var curve: CurveSegments? {
    guard let preactivation = second?.preactivation else { return nil }
    switch preactivation.function {
    case .hardSwish: return nil
    case .curve(let activation, let coreShift, let hasRamp):
      return CurveFit.segments(
        activation, coreShift: coreShift, hasRamp: hasRamp, unit: preactivation.unit,
        resultUnit: preactivation.resultUnit)
    }
  }

  /// F is that of the channel with the finest output scale, whose m₂ then has 15 bits.
  private func outputShift(_ preactivation: Preactivation) throws(ConvertError) -> Int {
    let finest = result.records.map { Double($0.scale) }.min() ?? 1
    let shift = FixedPoint(preactivation.factor(scale: finest)).exponent - 15
    guard (2...7).contains(shift) else {
      throw .outOfRange(
        layer: name, what: "its activation needs an output shift of 2…7, found \(shift)")
    }
    return shift
  }

  private func residualNumbers(
    _ other: QuantizationRecord
  ) throws(ConvertError) -> (multiplier: Int, zeroPoint: Double) {
    let ratio = Double(other.scale) / Double(result[0].scale)
    let multiplier = (ratio * exp2(13)).rounded(.toNearestOrAwayFromZero)
    guard multiplier < exp2(14) else {
      throw .outOfRange(
        layer: name, what: "the residual's scale is \(ratio) times the output's")
    }
    return (Int(multiplier), Double(other.zeroPoint))
  }

  private func quantizer(_ channel: Int) -> ChannelQuantizer {
    let input = input[isDepthwise ? channel : 0]
    let output = result[channel]
    if let second {
      return ChannelQuantizer(
        inputScale: Double(input.scale), inputZeroPoint: Int(input.zeroPoint),
        preactivationUnit: second.preactivation.unit)
    }
    var zeroPoint = Double(output.zeroPoint)
    if let residual { zeroPoint -= residual.zeroPoint * Double(residual.multiplier) * exp2(-13) }
    return ChannelQuantizer(
      inputScale: Double(input.scale), inputZeroPoint: Int(input.zeroPoint),
      outputScale: Double(output.scale), zeroPoint: zeroPoint)
  }

  /// Quantizes an output channel.
  ///
  /// - Throws: `ConvertError.outOfRange` when it has no weight scale that fits.
  func quantize(
    _ channel: Int, weights: ArraySlice<Float>, bias: Float
  ) throws(ConvertError) -> QuantizedChannel {
    let scaled = gain == 1 ? weights : weights.map { Float(Double($0) * gain) }[...]
    let real = Double(bias) * gain + offset
    let fixed = fixedScales.map { $0[channel] * Float(gain) }
    guard
      let quantized = quantizer(channel).quantize(weights: scaled, bias: real, fixedScale: fixed)
    else {
      throw .outOfRange(
        layer: name,
        what: "channel \(channel) fits no weight scale: its largest weight or its bias "
          + "(\(real)) is too large for the output's range")
    }
    return quantized
  }

  /// What the bundle says of an output channel, whose quantized weights add up to `weightSum`.
  func constants(
    _ channel: Int, _ quantized: QuantizedChannel, weightSum: Int
  ) -> ChannelConstants {
    let record = result[channel]
    let bounds = record.levels(clamp)
    var multiplier = 0
    if let second {
      let factor = second.preactivation.factor(scale: Double(record.scale))
      let rounded = (factor * exp2(Double(15 + second.outputShift))).rounded()
      multiplier = Int(min(rounded, 32767))
    }
    return ChannelConstants(
      bias: quantized.bias, weightSum: weightSum, multiplier: quantized.requantizer.multiplier,
      secondMultiplier: multiplier, shift: quantized.requantizer.shift, lo: bounds.lo,
      hi: bounds.hi, zeroPoint: Int(record.zeroPoint))
  }
}

extension QuantizationRecord {
  /// The int8 levels between which a clamp keeps values; all without one.
  func levels(_ clamp: ClosedRange<Double>?) -> OutputClamp {
    guard let clamp else { return OutputClamp() }
    return OutputClamp(lo: Int(quantize(clamp.lowerBound)), hi: Int(quantize(clamp.upperBound)))
  }
}

extension Activation {
  /// The bounds that a fused activation keeps values between; nil when it does more than that.
  var clamp: ClosedRange<Double>? {
    switch fusion {
    case .clamp(let bounds): bounds
    case .none, .gate, .hardSwish, .curve: nil
    }
  }
}

extension BundleBuilder {
  /// Quantizes a linear node's output channels one after another, each right into its place among the
  /// packed weights.
  ///
  /// - Throws: `ConvertError.outOfRange` when a channel has no weight scale that fits, `.tooLarge` when
  ///   the weights so far are more than a bundle can hold.
  mutating func addChannels(
    of node: Node, _ linear: LinearWeights, _ epilogue: LinearEpilogue, _ layout: WeightLayout
  ) throws(ConvertError) -> (weights: WeightArray, channels: [ChannelConstants]) {
    let weights = graph.floats(linear.weightInput, of: node) ?? []
    let bias = graph.floats(linear.biasInput, of: node)
    let length = Memory.sum([writer.weightsLength, layout.length])
    guard length <= BundleLayout.maximumFileLength else {
      throw .tooLarge(bytes: length, limit: BundleLayout.maximumFileLength)
    }
    let array = writer.reserveWeights(layout)
    var channels: [ChannelConstants] = []
    channels.reserveCapacity(linear.outputChannels)
    for channel in 0..<linear.outputChannels {
      let quantized = try epilogue.quantize(
        channel, weights: weights[linear.range(ofChannel: channel)], bias: bias?[channel] ?? 0)
      let sum = writer.setWeights(quantized.weights, channel: channel, in: array)
      channels.append(epilogue.constants(channel, quantized, weightSum: sum))
    }
    return (array, channels)
  }
}
