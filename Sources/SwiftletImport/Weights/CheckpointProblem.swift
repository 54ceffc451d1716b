/// Why a PyTorch file that reads well has no weights to take.
public enum CheckpointProblem: Error, Equatable, Sendable {
  /// It is a program exported by `torch.jit.save` whose tensors are constants without names.
  case frozenProgram
  /// It was written by `torch.export.save`.
  case exportedProgram
  /// A zip file without a pickle; its first files.
  case noPickle(files: [String])
  /// A pickle that `torch.save` did not write.
  case notTorch
  /// The numbers are big-endian.
  case bigEndian
  /// The file ends before the storage of a key does.
  case storageOutside(key: String)
  /// The outermost value is no dictionary but this.
  case notDictionary(String)
  /// No tensors where state dicts are; the keys that are there.
  case noTensors(keys: [String])
  /// Only averaged weights, or none of them, where the others were asked for.
  case noSuchWeights(WeightChoice)
  /// Modules within modules, more than any network has.
  case tooManyModules
  /// Dictionaries within dictionaries, more than any checkpoint has.
  case nestedTooDeeply
  /// A name longer than any tensor's.
  case longName
}

extension CheckpointProblem: CustomStringConvertible {
  /// The problem as a clause, to stand after the name of the file or tensor.
  public var description: String {
    switch self {
    case .frozenProgram:
      "it is a frozen TorchScript program, whose tensors have no names; "
        + ExportAdvice.onnx(loadedBy: "torch.jit.load(FILE)")
    case .exportedProgram:
      "it was written by torch.export; "
        + ExportAdvice.onnx(loadedBy: "torch.export.load(FILE).module()")
    case .noPickle(let files):
      "it is a zip archive without a data.pkl; it holds "
        + (files.isEmpty ? "nothing" : files.map(quoted).joined(separator: ", "))
    case .notTorch: "it is a Python pickle that was not written by torch.save"
    case .bigEndian: "it was written on a big-endian machine, which is not supported"
    case .storageOutside(let key):
      "it ends before the numbers of storage \(quoted(key)) do, so it is probably cut short"
    case .notDictionary(let kind):
      "expected a state dict (names with tensors), found \(kind)"
    case .noTensors(let keys):
      "expected tensors by name, found "
        + (keys.isEmpty
          ? "an empty dictionary" : "only " + keys.map(quoted).joined(separator: ", "))
    case .noSuchWeights(.ema): "--weights ema: it holds no averaged weights"
    case .noSuchWeights(.model): "--weights model: it holds averaged weights only"
    case .tooManyModules:
      "its modules hold each other too often or too deeply to be those of a network"
    case .nestedTooDeeply: "its dictionaries are nested too deeply to find a state dict"
    case .longName: "a name has more than the \(WeightLimits.nameLength) bytes allowed"
    }
  }
}
