/// The sum of two tensors of one shape: y = clamp((a·ma + b·mb + k) >> t).
///
/// | field | offset |
/// | --- | --- |
/// | ma, mb | 0, 4, int32 |
/// | k | 8, int32 |
/// | t | 12, int32 |
/// | lo, hi | 16, 20, int32 |
public struct AddParameters: OperationParameters, Equatable, Sendable {
  static let kind = OperationKind.add

  /// ma: 0 to 2¹⁵ − 1.
  public var multiplierA: Int
  /// mb: 0 to 2¹⁵ − 1.
  public var multiplierB: Int
  /// k, between −2³⁰ and 2³⁰: zero points and the rounding half.
  public var addend: Int
  /// t: 0 to 20.
  public var shift: Int
  /// The bounds of y.
  public var clamp: OutputClamp

  /// Makes parameters.
  public init(
    multiplierA: Int, multiplierB: Int, addend: Int, shift: Int, clamp: OutputClamp = OutputClamp()
  ) {
    self.multiplierA = multiplierA
    self.multiplierB = multiplierB
    self.addend = addend
    self.shift = shift
    self.clamp = clamp
  }

  init(_ decoder: inout RecordDecoder) throws(BundleError) {
    let multipliers = 0...((1 << 15) - 1)
    multiplierA = try decoder.int("multiplier a", multipliers, "0 to 2¹⁵ − 1")
    multiplierB = try decoder.int("multiplier b", multipliers, "0 to 2¹⁵ − 1")
    let limit = (1 << 30) - 1
    addend = try decoder.int("addend", -limit...limit, "between −2³⁰ and 2³⁰")
    shift = try decoder.int("output shift", 0...20, "0 to 20")
    clamp = try OutputClamp(&decoder)
  }

  func encode(into encoder: inout RecordEncoder) {
    for value in [multiplierA, multiplierB, addend, shift] { encoder.appendInt32(value) }
    clamp.encode(into: &encoder)
  }
}
