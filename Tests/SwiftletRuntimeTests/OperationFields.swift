import SwiftletTestSupport

@testable import SwiftletRuntime

/// The fields of all kinds' parameter records, and their places as the specification has them.
struct OperationFields {
  var (kernelHeight, kernelWidth, strideHeight, strideWidth) = (0, 0, 0, 0)
  var (dilationHeight, dilationWidth) = (0, 0)
  var (padTop, padLeft, padBottom, padRight) = (0, 0, 0, 0)
  var groups = 0
  var epilogue = EpilogueKind.requantize
  /// f of h-swish, k of a curve.
  var fractionBits = 0
  /// F of h-swish, of a curve and of a multiplication, t of an addition.
  var outputShift = 0
  /// m_r of a residual, ma of an addition, m of a multiplication, the ramp of a curve.
  var multiplierA = 0
  var (multiplierB, addend) = (0, 0)
  var countsPadding = false
  var (lo, hi) = (0, 0)
  var weightsOffset: UInt64 = 0
  /// What stands behind the fixed fields: channel blocks, mean entries or a table; the whole record of
  /// kinds that have no fields here.
  var arrays: [UInt8] = []

  /// Makes the epilogue a curve, whose segments come behind the channel blocks.
  mutating func add(_ curve: OracleCurve, outputShift: Int) {
    epilogue = .curve
    (fractionBits, self.outputShift) = (curve.coreShift, outputShift)
    multiplierA = curve.hasRamp ? 1 : 0
    arrays += curve.bytes
  }

  /// The parameter record of an operation of this kind.
  func record(_ kind: OperationKind) -> [UInt8] {
    let kernel = [kernelHeight, kernelWidth, strideHeight, strideWidth]
    let padding = [padTop, padLeft, padBottom, padRight]
    let dilated = kernel + [dilationHeight, dilationWidth] + padding
    let numbers: [Int]
    switch self.epilogue {
    case .requantize: numbers = [0, 0, 0]
    case .hardSwish: numbers = [fractionBits, outputShift, 0]
    case .add: numbers = [0, 0, multiplierA]
    case .curve: numbers = [fractionBits, outputShift, multiplierA]
    }
    let epilogue = [Int(self.epilogue.rawValue)] + numbers
    let weights = littleEndian(weightsOffset)
    switch kind {
    case .conv2D:
      return padded(words(dilated + epilogue) + weights + words([groups]), 128) + arrays
    case .depthwiseConv2D: return words(dilated + epilogue) + weights + arrays
    case .fullyConnected: return padded(words(epilogue) + weights, 64) + arrays
    case .add: return padded(words([multiplierA, multiplierB, addend, outputShift, lo, hi]), 64)
    case .multiply: return padded(words([multiplierA, outputShift, lo, hi]), 64)
    case .averagePool:
      return padded(words(kernel + padding + [countsPadding ? 1 : 0, lo, hi]), 64) + arrays
    case .maxPool: return padded(words(kernel + padding + [lo, hi]), 64)
    case .globalAveragePool: return padded(words([lo, hi]), 64) + arrays
    // The others' records come whole, from the tests of those kinds.
    default: return arrays
    }
  }
}

/// 32-bit numbers.
func words(_ values: [Int]) -> [UInt8] { values.flatMap { littleEndian(Int32($0)) } }

/// `bytes` and zeros up to `length`.
func padded(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
  precondition(bytes.count <= length)
  return bytes + [UInt8](repeating: 0, count: length - bytes.count)
}

/// A copy's record: pieces of (operand, table or 0, sizes, source start and strides, destination
/// start and strides).
func copyRecord(
  _ pieces: [(Int, Int, [Int], Int, [Int], Int, [Int])], fill: Int? = nil, tables: [UInt8] = []
) -> [UInt8] {
  func six(_ values: [Int]) -> [Int] { values + [Int](repeating: 0, count: 6 - values.count) }
  var record = padded(
    words([pieces.count, tables.count / 256, fill == nil ? 0 : 1, fill ?? 0]), 64)
  for (operand, table, sizes, source, sourceStrides, destination, strides) in pieces {
    record += words([operand, table, sizes.count, source, destination, 0])
    record += words(six(sizes) + six(sourceStrides) + six(strides))
  }
  return padded(record, (record.count + 63) / 64 * 64) + tables
}
