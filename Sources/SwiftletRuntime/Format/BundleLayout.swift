/// The fixed numbers of the bundle file format, version 2. The page BundleFormat is the specification.
///
/// All integers are little-endian. The file is a header, a section table, the metadata sections and
/// last the weights. Every section starts at the first multiple of 64 after the end of the one
/// before (the first after the table), the bytes between are zero, and the file ends with the
/// weights. Bytes and fields that have no meaning are zero.
public enum BundleLayout {
  /// A byte above 127, the name, and both line endings: text-mode copies are noticed at once.
  public static let magic: [UInt8] = [0x89, 0x53, 0x57, 0x4C, 0x0D, 0x0A, 0x1A, 0x0A]
  /// The version that is written and read. Version 1 is refused: such networks are converted again.
  public static let version: UInt32 = 2

  /// Every section, tensor of weights and parameter array starts at a multiple of this.
  public static let alignment = 64

  // Header (64 bytes).
  /// Bytes of the header.
  public static let headerLength = 64
  /// UInt32.
  public static let versionOffset = 8
  /// UInt32, always 12.
  public static let sectionCountOffset = 12
  /// UInt64: bytes of the whole file.
  public static let fileLengthOffset = 16
  /// Bytes [0, metadataLength) are header, section table and metadata; the weights start there.
  public static let metadataLengthOffset = 24
  /// SHA-256 of the bytes [0, 32) and [64, metadataLength).
  public static let digestOffset = 32

  // Section table: one 64-byte entry a section, right after the header.
  /// Bytes of an entry.
  public static let sectionEntryLength = 64
  /// UInt32: a `SectionKind`.
  public static let sectionKindOffset = 0
  /// UInt64, from the start of the file.
  public static let sectionStartOffset = 8
  /// UInt64, without the zeros up to the next section.
  public static let sectionLengthOffset = 16
  /// SHA-256 of the section's bytes. Zeros for sections other than the weights, which the header's
  /// digest covers.
  public static let sectionDigestOffset = 32

  /// Bytes of a `TensorRecord`.
  public static let tensorRecordLength = 64
  /// Bytes of an `OperationRecord`.
  public static let operationRecordLength = 48
  /// Bytes of a `PortRecord`.
  public static let portRecordLength = 16
  /// Bytes of a `QuantizationRecord`.
  public static let quantizationRecordLength = 8
  /// Bytes of a `PreprocessingRecord`.
  public static let preprocessingLength = 64 + 4 * 256
  /// Bytes of a `TaskRecord`.
  public static let taskRecordLength = 32
  /// Bytes of a `CopyPiece`.
  public static let copyPieceLength = 96
  /// Bytes of a `BoxLevel` without its anchors.
  public static let boxLevelLength = 32
  /// Bytes of a `BoxAnchor`.
  public static let boxAnchorLength = 16
  /// Bytes of a `KeyValueRecord`.
  public static let keyValueRecordLength = 16
  /// Output channels of a channel block, and of a block of packed weights.
  public static let channelsPerBlock = 16
  /// Weights of one channel that stand side by side.
  public static let weightsPerQuad = 4
  /// Bytes of the constants of the channels of a block.
  public static let channelBlockLength = 256
  /// Bytes of the constants of a mean: int32 bias, int16 multiplier, int8 shift, zero.
  public static let meanEntryLength = 8
  /// Bytes of a table: the result of −128 stands first.
  public static let tableLength = 256

  /// Limits on what a bundle may ask for, checked before anything is allocated.
  ///
  /// 2³¹ bytes, and where `Int` has 32 bits what can still be rounded up to a multiple of 64.
  public static let maximumFileLength = Int(clamping: Int64(1) << 31) / alignment * alignment
  /// The memory plan takes time quadratic in these.
  public static let maximumTensors = 1 << 12
  /// Like tensors, quadratic.
  public static let maximumOperations = 1 << 12
  /// Inputs and outputs together.
  public static let maximumPorts = 1 << 8
  /// Inputs of one operation.
  public static let maximumOperands = 1 << 5
  /// Rows, columns or channels of a tensor.
  public static let maximumDimension = 1 << 20
  /// Elements of a tensor.
  public static let maximumTensorLength = 1 << 28
  /// Bytes of memory for tensors.
  public static let maximumArenaLength = 1 << 30
  /// A kernel's height, its stride, its dilation, one side's padding.
  public static let maximumWindow = 1 << 12
  /// Multiply-accumulates of one run, those of the padding of blocks of weights included.
  public static let maximumMacCount: Int64 = 1 << 40
  /// Elements that one run moves, adds, pools or looks up.
  public static let maximumMovedCount: Int64 = 1 << 34
  /// Constants of channels and of means that loading checks, as often as they are referred to, and
  /// places that pieces of copies write.
  public static let maximumConstantCount: Int64 = 1 << 27
  /// Output rows and columns of all resizes.
  public static let maximumTapCount: Int64 = 1 << 20
  /// Quantization records of all tensors, as often as they are referred to.
  public static let maximumQuantizationTotal = 1 << 22
  /// Dimensions of a piece of a copy.
  public static let maximumRank = 6
  /// Pieces of one copy.
  public static let maximumPieces = 1 << 10
  /// Tasks of a network.
  public static let maximumTasks = 1 << 6
  /// Levels of a detector: output grids of different strides.
  public static let maximumBoxLevels = 1 << 5
  /// Anchors of one level.
  public static let maximumAnchors = 1 << 16
  /// Bytes of one string.
  public static let maximumStringLength = 1 << 16
  /// Bytes of all strings, as often as they are referred to.
  public static let maximumStringTotal = 1 << 24
}

/// The sections of a bundle; each stands exactly once, in this order.
public enum SectionKind: UInt32, Sendable, CaseIterable {
  /// `TensorRecord`s.
  case tensors = 1
  /// `OperationRecord`s in execution order.
  case operations = 2
  /// UInt32 tensor indices that operations refer to.
  case operands = 3
  /// `QuantizationRecord`s that tensors refer to.
  case quantization = 4
  /// `PortRecord`s: inputs, then outputs.
  case ports = 5
  /// The parameter records of operations and tasks, each 64-byte aligned.
  case parameters = 6
  /// `PreprocessingRecord`s, at most one an input.
  case preprocessing = 7
  /// `TaskRecord`s: what the outputs mean.
  case tasks = 8
  /// `StringRange`s, one a class.
  case labels = 9
  /// `KeyValueRecord`s: where the bundle comes from.
  case provenance = 10
  /// UTF-8 bytes that ranges refer to.
  case strings = 11
  /// Packed int8 weights, each array 64-byte aligned.
  case weights = 12
}
