/// What to do with a network that a file of weights does not say all of.
enum ExportAdvice {
  /// One line of Python that works where the network is an object `model`.
  static let onnx =
    "export it to ONNX and convert that: torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "
    + "'model.onnx', opset_version=17)"

  /// The same behind the loading of an archive.
  static func onnx(loadedBy load: String) -> String { "load it, model = \(load), and \(onnx)" }
}
