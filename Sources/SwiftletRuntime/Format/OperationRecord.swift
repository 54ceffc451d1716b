/// What an operation of the bundle computes. Closed; README.md's operator table explains each.
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
  /// Channels of several tensors side by side.
  case concat = 9
  /// A 256-byte table applied to each element.
  case lookup = 10
}

/// How a multiply-accumulate's 32-bit sum becomes int8.
public enum EpilogueKind: UInt32, Sendable, CaseIterable {
  /// Q15 requantization with a clamp (linear, ReLU, ReLU6, h-sigmoid).
  case requantize = 0
  /// h-swish from the 16-bit pre-activation.
  case hardSwish = 1
  /// Residual addition of a second operand before the last rounding.
  case add = 2
}

/// One operation. 128 bytes; fields an operation does not use are zero.
///
/// | field | used by |
/// | --- | --- |
/// | window, padding | conv2D, depthwiseConv2D, averagePool, maxPool |
/// | groups, dilation | conv2D (depthwise: dilation only) |
/// | fractionBits f, outputShift F | epilogue hardSwish |
/// | multiplierA | epilogue add: m_r; add: ma; multiply: m |
/// | multiplierB, addend | add: mb, k |
/// | outputShift | add: t; multiply: F |
/// | lo, hi | add, multiply, pools (elsewhere per channel, in the blocks) |
/// | flags | averagePool: 1 when padding counts; concat: bit i set when input i has a table |
/// | weightsOffset | conv2D, depthwiseConv2D, fullyConnected |
/// | parametersOffset | channel blocks; averagePool: kernelHeight·kernelWidth mean entries; globalAveragePool: one; lookup: a table; concat: the tables of inputs that have one |
public struct OperationRecord: Equatable, Sendable {
  /// The raw value of an `OperationKind`.
  public var kind: UInt32
  /// The raw value of an `EpilogueKind`.
  public var epilogue: UInt32 = 0
  /// The first of its entries in the operands section.
  public var operandIndex: UInt32 = 0
  /// How many tensors it reads: 1 to 32.
  public var operandCount: UInt32 = 0
  /// The index of the tensor it computes.
  public var output: UInt32 = 0
  /// For people; the float layer it was made from.
  public var name: StringRange = .empty
  /// See the table.
  public var flags: UInt32 = 0
  /// Taps down.
  public var kernelHeight: UInt32 = 0
  /// Taps across.
  public var kernelWidth: UInt32 = 0
  /// Input rows from one output row to the next.
  public var strideHeight: UInt32 = 0
  /// Input columns from one output column to the next.
  public var strideWidth: UInt32 = 0
  /// Input rows from one tap to the next.
  public var dilationHeight: UInt32 = 0
  /// Input columns from one tap to the next.
  public var dilationWidth: UInt32 = 0
  /// Rows of padding above.
  public var padTop: UInt32 = 0
  /// Columns of padding on the left.
  public var padLeft: UInt32 = 0
  /// Rows of padding below.
  public var padBottom: UInt32 = 0
  /// Columns of padding on the right.
  public var padRight: UInt32 = 0
  /// Groups of a convolution, at least 1.
  public var groups: UInt32 = 0
  /// f: 0 to 12.
  public var fractionBits: Int32 = 0
  /// F: 2 to 7; t: 0 to 20.
  public var outputShift: Int32 = 0
  /// m_r: 0 to 2¹⁴ − 1; ma: 0 to 2¹⁵ − 1; m: 2¹⁴ to 2¹⁵ − 1.
  public var multiplierA: Int32 = 0
  /// mb: 0 to 2¹⁵ − 1.
  public var multiplierB: Int32 = 0
  /// k: between −2³⁰ and 2³⁰.
  public var addend: Int32 = 0
  /// From the start of the weights section.
  public var weightsOffset: UInt64 = 0
  /// From the start of the parameters section.
  public var parametersOffset: UInt64 = 0
  /// The least output value.
  public var lo: Int32 = 0
  /// The greatest output value.
  public var hi: Int32 = 0

  /// A record with all other fields zero.
  public init(kind: OperationKind) {
    self.kind = kind.rawValue
  }

  init(_ view: ByteView, at offset: Int) {
    kind = view.load(UInt32.self, at: offset)
    epilogue = view.load(UInt32.self, at: offset + 4)
    operandIndex = view.load(UInt32.self, at: offset + 8)
    operandCount = view.load(UInt32.self, at: offset + 12)
    output = view.load(UInt32.self, at: offset + 16)
    name = StringRange(view, at: offset + 20)
    flags = view.load(UInt32.self, at: offset + 28)
    kernelHeight = view.load(UInt32.self, at: offset + 32)
    kernelWidth = view.load(UInt32.self, at: offset + 36)
    strideHeight = view.load(UInt32.self, at: offset + 40)
    strideWidth = view.load(UInt32.self, at: offset + 44)
    dilationHeight = view.load(UInt32.self, at: offset + 48)
    dilationWidth = view.load(UInt32.self, at: offset + 52)
    padTop = view.load(UInt32.self, at: offset + 56)
    padLeft = view.load(UInt32.self, at: offset + 60)
    padBottom = view.load(UInt32.self, at: offset + 64)
    padRight = view.load(UInt32.self, at: offset + 68)
    groups = view.load(UInt32.self, at: offset + 72)
    fractionBits = view.load(Int32.self, at: offset + 76)
    outputShift = view.load(Int32.self, at: offset + 80)
    multiplierA = view.load(Int32.self, at: offset + 84)
    multiplierB = view.load(Int32.self, at: offset + 88)
    addend = view.load(Int32.self, at: offset + 92)
    weightsOffset = view.load(UInt64.self, at: offset + 96)
    parametersOffset = view.load(UInt64.self, at: offset + 104)
    lo = view.load(Int32.self, at: offset + 112)
    hi = view.load(Int32.self, at: offset + 116)
  }

  /// The 128 bytes as they stand in the file.
  public func encoded() -> [UInt8] {
    var encoder = RecordEncoder(length: BundleLayout.operationRecordLength)
    encoder.store(kind, at: 0)
    encoder.store(epilogue, at: 4)
    encoder.store(operandIndex, at: 8)
    encoder.store(operandCount, at: 12)
    encoder.store(output, at: 16)
    name.store(in: &encoder, at: 20)
    encoder.store(flags, at: 28)
    encoder.store(kernelHeight, at: 32)
    encoder.store(kernelWidth, at: 36)
    encoder.store(strideHeight, at: 40)
    encoder.store(strideWidth, at: 44)
    encoder.store(dilationHeight, at: 48)
    encoder.store(dilationWidth, at: 52)
    encoder.store(padTop, at: 56)
    encoder.store(padLeft, at: 60)
    encoder.store(padBottom, at: 64)
    encoder.store(padRight, at: 68)
    encoder.store(groups, at: 72)
    encoder.store(fractionBits, at: 76)
    encoder.store(outputShift, at: 80)
    encoder.store(multiplierA, at: 84)
    encoder.store(multiplierB, at: 88)
    encoder.store(addend, at: 92)
    encoder.store(weightsOffset, at: 96)
    encoder.store(parametersOffset, at: 104)
    encoder.store(lo, at: 112)
    encoder.store(hi, at: 116)
    return encoder.bytes
  }
}
