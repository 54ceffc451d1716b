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
    /// A whole network, not weights alone.
    case onnx = "ONNX"
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
  /// Of those, the tensors of integers and booleans.
  public let integers: [String]
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
    integers: [String] = [], metadata: [String: String] = [:], sha256: String = "",
    notes: [String] = [],
    isAverage: Bool = false
  ) {
    self.path = path
    self.format = format
    self.tensors = tensors
    self.ignored = ignored
    self.integers = integers
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
    try read(try FileBytes(path: path), path: path, weights: weights)
  }

  /// Reads a file that was opened.
  static func read(
    _ file: FileBytes, path: String, weights: WeightChoice? = nil
  ) throws(ImportError) -> WeightFile {
    let (format, contents): (Format, WeightContents)
    do throws(ImportError) {
      (format, contents) = try parse(file, path: path, weights: weights)
    } catch {
      // What is wrong may be only that it could not be read.
      try file.checkWasRead(path: path)
      throw error
    }
    let digest = file.sha256()
    try file.checkWasRead(path: path)
    return WeightFile(
      path: path, format: format, tensors: contents.tensors, ignored: contents.ignored,
      integers: contents.integers,
      metadata: contents.metadata, sha256: digest, notes: contents.notes,
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
  /// The same, with the prefix that all names share taken off.
  var integers = [String]()
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
    let length = length(ofPrefix: contents.tensors.map(\.name) + contents.ignored)
    var result = contents
    result.tensors = contents.tensors.map {
      WeightTensor(name: rest($0.name, behind: length), shape: $0.shape, values: $0.values)
    }
    result.integers = contents.ignored.map { rest($0, behind: length) }
    result.ignored = result.integers + contents.otherEntries
    result.otherEntries = []
    return result
  }

  /// The bytes of all known prefixes that the names begin with, one after the other. No name is looked
  /// at more than once, since a hostile one repeats them.
  private static func length(ofPrefix names: [String]) -> Int {
    guard let first = names.first, let shortest = names.map(\.utf8.count).min() else { return 0 }
    let bytes = Array(first.utf8)
    let shared = names.reduce(bytes.count) { shared, name in
      zip(bytes[..<shared], name.utf8).prefix { $0 == $1 }.count
    }
    var length = 0
    while let prefix = prefixes.first(where: { bytes[length..<shared].starts(with: $0.utf8) }),
      shortest > length + prefix.utf8.count
    {
      length += prefix.utf8.count
    }
    return length
  }

  private static func rest(_ name: String, behind length: Int) -> String {
    String(Substring(name.utf8.dropFirst(length)))
  }
}
