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

/// What the numbers of a network's output mean.
public enum OutputMeaning: Sendable {
  /// Nothing that is known.
  case numbers
  /// Scores of classes that exclude each other, of which only the softmax matters: `automatic` may cut
  /// off low ones to tell high ones apart more finely.
  case logits
  /// Scores of classes that may be there or not, each for itself.
  case independentLogits
  /// A vector that describes the image.
  case features
}

/// What a conversion may be told.
public struct ConversionOptions: Sendable {
  /// How activation ranges are chosen.
  public var method: CalibrationMethod = .automatic
  /// The least and greatest value the input can take, when preprocessing fixes it.
  public var inputRange: ClosedRange<Double>?
  /// What the network's output is.
  public var outputs = OutputMeaning.numbers
  /// Whether the mean error that quantization causes in each channel is taken out of its bias
  /// (Nagel et al., 2019, section 4.2, with measured means).
  public var correctsBias = true
  /// Threads for the float passes; nil for as many as the process may use.
  public var threads: Int?

  /// The usual: automatic ranges, corrected biases, all processors.
  public init() {}
}
