/// How the range of an activation tensor is chosen from what calibration saw.
public enum CalibrationMethod: String, Sendable, CaseIterable {
  /// Per tensor, whichever of the others gives the least error at the outputs of the layers that
  /// read the tensor.
  case automatic = "auto"
  /// From the smallest to the largest value seen.
  case minmax
  /// Leaves out the outermost 0.005 % at either end.
  case percentile
  /// Least mean squared quantization error.
  case mse
  /// Least Kullback-Leibler divergence between the values before and after quantization.
  case entropy
}

/// What a conversion may be told.
public struct ConversionOptions: Sendable {
  /// How activation ranges are chosen.
  public var method: CalibrationMethod = .automatic
  /// The least and greatest value the input can take, when preprocessing fixes it.
  public var inputRange: ClosedRange<Double>?
  /// Whether the network's outputs are a classifier's logits, of which only the softmax matters:
  /// `automatic` may then cut off low logits to tell high ones apart more finely.
  public var outputsAreLogits = false
  /// Whether the mean error that quantization causes in each channel is taken out of its bias
  /// (Nagel et al., 2019, section 4.2, with measured means).
  public var correctsBias = true
  /// Threads for the float passes; nil for all cores.
  public var threads: Int?

  /// The usual: automatic ranges, corrected biases, all cores.
  public init() {}
}
