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
  public var kind: UInt32
  public var epilogue: UInt32 = 0
  public var operandIndex: UInt32 = 0
  public var operandCount: UInt32 = 0
  public var output: UInt32 = 0
  public var name: StringRange = .empty
  public var flags: UInt32 = 0
  public var kernelHeight: UInt32 = 0
  public var kernelWidth: UInt32 = 0
  public var strideHeight: UInt32 = 0
  public var strideWidth: UInt32 = 0
  public var dilationHeight: UInt32 = 0
  public var dilationWidth: UInt32 = 0
  public var padTop: UInt32 = 0
  public var padLeft: UInt32 = 0
  public var padBottom: UInt32 = 0
  public var padRight: UInt32 = 0
  public var groups: UInt32 = 0
  public var fractionBits: Int32 = 0
  public var outputShift: Int32 = 0
  public var multiplierA: Int32 = 0
  public var multiplierB: Int32 = 0
  public var addend: Int32 = 0
  /// From the start of the weights section.
  public var weightsOffset: UInt64 = 0
  /// From the start of the parameters section.
  public var parametersOffset: UInt64 = 0
  public var lo: Int32 = 0
  public var hi: Int32 = 0

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
