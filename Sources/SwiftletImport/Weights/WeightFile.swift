/// The tensors of one weight file.
///
/// A prefix that wrappers put before every tensor's name (`module.` of DataParallel, `_orig_mod.`
/// of `torch.compile`) is taken off.
public struct WeightFile: Sendable {
  /// How the tensors were stored.
  public enum Format: String, Sendable {
    case safetensors
    case pytorchZip = "PyTorch (zip)"
    case pytorchLegacy = "PyTorch (legacy)"
    /// Not from a file: generated from a seed.
    case random
  }

  /// Where the file was read from.
  public let path: String
  /// How the file stores tensors.
  public let format: Format
  /// The float tensors: in pickle files as they were inserted, in safetensors as the data lies.
  public let tensors: [WeightTensor]
  /// The names of what is no weight: integer and boolean tensors, and other entries of a checkpoint.
  public let ignored: [String]
  /// What `__metadata__` of a safetensors file says, or the texts beside the state dict of a checkpoint.
  public let metadata: [String: String]
  /// The SHA-256 digest of the whole file, in hexadecimal.
  public let sha256: String
  /// What was decided while reading, a sentence each.
  public let notes: [String]
  /// Whether the tensors are known to be an average of the trained ones.
  public let isAverage: Bool

  /// Weights from elsewhere than a file, for example random ones.
  public init(
    path: String, format: Format, tensors: [WeightTensor], ignored: [String] = [],
    metadata: [String: String] = [:], sha256: String = "", notes: [String] = [],
    isAverage: Bool = false
  ) {
    self.path = path
    self.format = format
    self.tensors = tensors
    self.ignored = ignored
    self.metadata = metadata
    self.sha256 = sha256
    self.notes = notes
    self.isAverage = isAverage
  }

  /// Reads a safetensors or PyTorch file, told apart by content.
  ///
  /// Nothing in the file is executed. float16, bfloat16 and float32 values are exact, float64 is
  /// rounded to the nearest.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - weights: which state dict is meant where a checkpoint has two; nil: the trained one.
  /// - Returns: the tensors, and what else the file says.
  /// - Throws: `ImportError`, which names the file and the tensor.
  public static func read(
    _ path: String, weights: WeightChoice? = nil
  ) throws(ImportError) -> WeightFile {
    let file = try FileBytes(path: path)
    let (format, contents) = try parse(file, path: path, weights: weights)
    return WeightFile(
      path: path, format: format, tensors: contents.tensors, ignored: contents.ignored,
      metadata: contents.metadata, sha256: file.sha256(), notes: contents.notes,
      isAverage: contents.isAverage)
  }

  /// Reads the content of a file; `path` is for messages.
  static func parse(
    _ file: FileBytes, path: String, weights: WeightChoice? = nil
  ) throws(ImportError) -> (format: Format, contents: WeightContents) {
    let kind = FileKind(of: file)
    switch kind {
    case .safetensors:
      return (.safetensors, SharedPrefix.strip(try SafetensorsReader.read(file, path: path)))
    case .zip:
      return (.pytorchZip, SharedPrefix.strip(try TorchZipReader.read(file, path: path, weights)))
    case .pickle:
      return (
        .pytorchLegacy, SharedPrefix.strip(try TorchLegacyReader.read(file, path: path, weights))
      )
    case .empty, .gitLFSPointer, .html, .json, .text, .gzip, .bzip2, .xz, .zstandard, .sevenZip,
      .tar, .onnx, .tflite, .hdf5, .numpy, .gguf, .swiftlet, .png, .jpeg, .pdf, .executable,
      .unknown:
      throw .notWeights(path: path, found: kind)
    }
  }
}

/// What a reader of one format finds.
struct WeightContents {
  var tensors = [WeightTensor]()
  /// Tensors that are not read: integers and booleans.
  var ignored = [String]()
  /// Entries of a checkpoint that are no tensors of the network at all.
  var otherEntries = [String]()
  /// Of a safetensors file; of a checkpoint the texts that stand beside the state dict.
  var metadata = [String: String]()
  var notes = [String]()
  /// Whether the tensors are an average of the trained ones.
  var isAverage = false
}

/// Takes off the prefixes that wrappers put before every name.
enum SharedPrefix {
  private static let prefixes = ["module.", "_orig_mod."]

  /// Removes every known prefix that all tensors share, however often, and joins the ignored names.
  static func strip(_ contents: WeightContents) -> WeightContents {
    let names = contents.tensors.map(\.name) + contents.ignored
    var length = 0
    while let prefix = prefixes.first(where: { prefix in
      !names.isEmpty
        && names.allSatisfy {
          $0.dropFirst(length).hasPrefix(prefix) && $0.count > length + prefix.count
        }
    }) {
      length += prefix.count
    }
    var result = contents
    result.tensors = contents.tensors.map {
      WeightTensor(name: String($0.name.dropFirst(length)), shape: $0.shape, values: $0.values)
    }
    result.ignored =
      contents.ignored.map { String($0.dropFirst(length)) } + contents.otherEntries
    result.otherEntries = []
    return result
  }
}
