/// What some outputs of a network mean, and so how numbers become an answer.
public enum OutputTask: Equatable, Sendable {
  /// One score a class for the whole image.
  case classes(ClassesTask)
  /// A vector that describes the image.
  case vectors(VectorsTask)
  /// One score a class for each pixel.
  case masks(ClassesTask)
  /// Boxes with a class each.
  case boxes(BoxesTask)

  /// Which it is, as the file says it.
  public var kind: TaskKind {
    switch self {
    case .classes: return .classes
    case .vectors: return .vectors
    case .masks: return .masks
    case .boxes: return .boxes
    }
  }

  /// The parameter record as it stands in the file.
  public func encoded() -> [UInt8] {
    switch self {
    case .classes(let task), .masks(let task): return task.encoded()
    case .vectors(let task): return task.encoded()
    case .boxes(let task): return task.encoded()
    }
  }
}

/// The kinds of tasks.
public enum TaskKind: UInt32, Sendable, CaseIterable {
  case classes = 1
  case vectors = 2
  case masks = 3
  case boxes = 4
}

/// What scores become: probabilities, or what they are.
public enum ScoreActivation: UInt32, Sendable, CaseIterable {
  case none = 0
  /// Over the classes: they exclude each other.
  case softmax = 1
  /// Each by itself.
  case sigmoid = 2
}

/// The header of a task, alike for all kinds. 32 bytes: kind, uint32, reserved, then offset and length
/// of its parameter record in the parameters section, uint64 each, and zeros.
public struct TaskRecord: Equatable, Sendable {
  /// The raw value of a `TaskKind`.
  public var kind: UInt32
  /// Where the parameter record starts: a multiple of 64.
  public var parametersOffset: UInt64
  /// Bytes of the parameter record.
  public var parametersLength: UInt64

  /// Makes a header.
  public init(kind: TaskKind, parametersOffset: UInt64, parametersLength: UInt64) {
    self.kind = kind.rawValue
    self.parametersOffset = parametersOffset
    self.parametersLength = parametersLength
  }

  init(_ view: ByteView, at offset: Int) {
    kind = view.load(UInt32.self, at: offset)
    parametersOffset = view.load(UInt64.self, at: offset + 8)
    parametersLength = view.load(UInt64.self, at: offset + 16)
  }

  /// The 32 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.append(kind)
    encoder.append(UInt32(0))
    encoder.append(parametersOffset)
    encoder.append(parametersLength)
    encoder.append(UInt64(0))
    return encoder.bytes
  }
}
