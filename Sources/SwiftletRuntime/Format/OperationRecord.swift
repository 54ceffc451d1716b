/// What an operation of the bundle computes. Closed; each kind has a parameter record of its own, a
/// type in `Parameters/`.
public enum OperationKind: UInt32, Sendable, CaseIterable {
  /// Convolution of any kernel, stride, dilation, padding, grouping (pointwise included).
  case conv2D = 1
  case depthwiseConv2D = 2
  case fullyConnected = 3
  /// Sum of two tensors of one shape.
  case add = 4
  /// A tensor times a gate (0…1 as −128…127), one per channel or one per element.
  case multiply = 5
  case averagePool = 6
  case maxPool = 7
  /// The mean over all pixels.
  case globalAveragePool = 8
  /// Elements moved: concatenation, slices, transposes, padding.
  case copy = 9
  /// A 256-byte table applied to each element.
  case lookup = 10
  /// An image of another size: nearest pixels, or weighted means of four.
  case resize = 11
  /// The product of two tensors.
  case product = 12

  /// The raw values there are, as a check's sentence names them.
  static var expected: StaticString { "1 to 12" }
}

extension OperationKind {
  /// The operation of this kind, verified. This is the only switch over kinds: what else there is to
  /// know about one, the class that stands here says.
  func operation(_ reader: OperationReader) throws(BundleError) -> Operation {
    switch self {
    case .conv2D: return try Conv2D(reader)
    case .depthwiseConv2D: return try DepthwiseConv2D(reader)
    case .fullyConnected: return try FullyConnected(reader)
    case .add: return try Add(reader)
    case .multiply: return try Multiply(reader)
    case .averagePool: return try AveragePool(reader)
    case .maxPool: return try MaxPool(reader)
    case .globalAveragePool: return try GlobalAveragePool(reader)
    case .copy: return try Copy(reader)
    case .lookup: return try Lookup(reader)
    case .resize: return try Resize(reader)
    case .product: return try Product(reader)
    }
  }
}

/// The header of an operation, alike for all kinds. 48 bytes.
///
/// | field | offset |
/// | --- | --- |
/// | kind | 0, uint32 |
/// | operand index | 4, uint32 |
/// | operand count | 8, uint32 |
/// | output | 12, uint32 |
/// | name | 16, string |
/// | parameters offset | 24, uint64 |
/// | parameters length | 32, uint64 |
/// | reserved | 40, zeros |
public struct OperationRecord: Equatable, Sendable {
  /// The raw value of an `OperationKind`.
  public var kind: UInt32
  /// The first of its entries in the operands section.
  public var operandIndex: UInt32
  /// How many tensors it reads: 1 to 32.
  public var operandCount: UInt32
  /// The index of the tensor it computes.
  public var output: UInt32
  /// For people; the float layer it was made from.
  public var name: StringRange
  /// Where the parameter record starts, from the start of the parameters section: a multiple of 64.
  public var parametersOffset: UInt64
  /// Bytes of the parameter record with its arrays.
  public var parametersLength: UInt64

  /// Makes a header.
  public init(
    kind: OperationKind, operandIndex: UInt32, operandCount: UInt32, output: UInt32,
    name: StringRange, parametersOffset: UInt64, parametersLength: UInt64
  ) {
    self.kind = kind.rawValue
    self.operandIndex = operandIndex
    self.operandCount = operandCount
    self.output = output
    self.name = name
    self.parametersOffset = parametersOffset
    self.parametersLength = parametersLength
  }

  init(_ view: ByteView, at offset: Int) {
    kind = view.load(UInt32.self, at: offset)
    operandIndex = view.load(UInt32.self, at: offset + 4)
    operandCount = view.load(UInt32.self, at: offset + 8)
    output = view.load(UInt32.self, at: offset + 12)
    name = StringRange(view, at: offset + 16)
    parametersOffset = view.load(UInt64.self, at: offset + 24)
    parametersLength = view.load(UInt64.self, at: offset + 32)
  }

  /// The 48 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.append(kind)
    encoder.append(operandIndex)
    encoder.append(operandCount)
    encoder.append(output)
    encoder.append(name)
    encoder.append(parametersOffset)
    encoder.append(parametersLength)
    encoder.append(UInt64(0))
    return encoder.bytes
  }
}
