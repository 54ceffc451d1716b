/// How a multiply-accumulate's 32-bit sum becomes int8.
public enum EpilogueKind: UInt32, Sendable, CaseIterable {
  /// Q15 requantization with a clamp (linear, ReLU, ReLU6, h-sigmoid).
  case requantize = 0
  /// h-swish from the 16-bit pre-activation.
  case hardSwish = 1
  /// Residual addition of a second operand before the last rounding.
  case add = 2
  /// A smooth function of the 16-bit pre-activation.
  case curve = 3
}

/// An epilogue with its numbers. 16 bytes: kind, uint32, then f, F and m_r, or k, F and the ramp, int32
/// each; those that the kind has not are zero. A curve's segments stand behind the channel blocks.
public enum Epilogue: Equatable, Sendable {
  /// By each channel's own constants.
  case requantize
  /// f, 0 to 12: fraction bits of the pre-activation. F, 2 to 7: the last shift.
  case hardSwish(fractionBits: Int, outputShift: Int)
  /// m_r, 0 to 2¹⁴ − 1: the second operand's multiplier. conv2D only.
  case add(multiplier: Int)
  /// k, 0 to 12: the core of the curve is 2⁻ᵏ of all pre-activations. F, 2 to 7: the last shift. Whether
  /// max(b, 0) is added.
  case curve(coreShift: Int, outputShift: Int, hasRamp: Bool)

  /// Which it is.
  public var kind: EpilogueKind {
    switch self {
    case .requantize: return .requantize
    case .hardSwish: return .hardSwish
    case .add: return .add
    case .curve: return .curve
    }
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    let raw = decoder.uint32()
    guard let kind = EpilogueKind(rawValue: raw) else {
      throw decoder.check.error("epilogue", Int(clamping: raw), "0 to 3")
    }
    switch kind {
    case .requantize:
      try decoder.skipZeros(12)
      self = .requantize
    case .hardSwish:
      let fractionBits = try decoder.int("fraction bits", 0...12, "0 to 12")
      let outputShift = try decoder.int("output shift", 2...7, "2 to 7")
      try decoder.skipZeros(4)
      self = .hardSwish(fractionBits: fractionBits, outputShift: outputShift)
    case .add:
      try decoder.skipZeros(8)
      let multiplier = try decoder.int("residual multiplier", 0...((1 << 14) - 1), "0 to 2¹⁴ − 1")
      self = .add(multiplier: multiplier)
    case .curve:
      let coreShift = try decoder.int("core shift", 0...12, "0 to 12")
      let outputShift = try decoder.int("output shift", 2...7, "2 to 7")
      let ramp = try decoder.int("ramp", 0...1, "0 or 1")
      self = .curve(coreShift: coreShift, outputShift: outputShift, hasRamp: ramp == 1)
    }
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.append(kind.rawValue)
    var numbers = [0, 0, 0]
    switch self {
    case .requantize: break
    case .hardSwish(let fractionBits, let outputShift): numbers = [fractionBits, outputShift, 0]
    case .add(let multiplier): numbers = [0, 0, multiplier]
    case .curve(let coreShift, let outputShift, let hasRamp):
      numbers = [coreShift, outputShift, hasRamp ? 1 : 0]
    }
    for number in numbers { encoder.appendInt32(number) }
  }
}
