/// An elementwise non-linearity.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
  /// min(max(x + 3, 0), 6) / 6
  case hardSigmoid
  /// x · hardSigmoid(x)
  case hardSwish
  /// 1 / (1 + e^−x)
  case sigmoid
  /// x · sigmoid(x)
  case silu
}
