/// What can be fuzzed. Each case has a file of its own, which says what an input means.
enum FuzzTarget: String, CaseIterable {
  case bundle, safetensors, torch, onnx, image, stream, text

  /// Tries one input. Returns only where every property holds.
  func execute(_ bytes: UnsafeBufferPointer<UInt8>) {
    var input = Input(bytes)
    switch self {
    case .bundle: BundleTarget.execute(&input)
    case .safetensors: SafetensorsTarget.execute(&input)
    case .torch: TorchTarget.execute(&input)
    case .onnx: OnnxTarget.execute(&input)
    case .image: ImageTarget.execute(&input)
    case .stream: StreamTarget.execute(&input)
    case .text: TextTarget.execute(&input)
    }
  }

  /// The bytes of one item of an input (a changed field, a tensor, a part of a stream), which the
  /// mutator moves about as a whole.
  var itemLength: Int {
    switch self {
    case .bundle: BundleTarget.changeLength
    case .safetensors: SafetensorsTarget.entryLength
    case .torch: TorchTarget.entryLength
    case .onnx: OnnxTarget.nodeLength
    case .image: 4
    case .stream: StreamTarget.partLength
    case .text: 4
    }
  }

  /// The bytes before the first item.
  var headLength: Int {
    switch self {
    case .bundle: BundleTarget.headLength
    case .safetensors: SafetensorsTarget.headLength
    case .torch: TorchTarget.headLength
    case .onnx: OnnxTarget.headLength
    case .image: 1
    case .stream: StreamTarget.headLength
    case .text: 1
    }
  }
}
