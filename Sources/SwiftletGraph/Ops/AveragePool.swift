/// The mean over a window.
public struct AveragePool: Sendable {
  public var window: Window
  /// Whether padding counts as zeros in the mean (PyTorch's default) or is left out (TensorFlow's).
  public var countsPadding: Bool

  public init(window: Window, countsPadding: Bool) {
    self.window = window
    self.countsPadding = countsPadding
  }
}
