import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

extension Lowering {
  /// One mean entry per number of taps that a window can have inside the input.
  mutating func lowerAveragePool(
    _ pool: AveragePool, layer: FusedLayer
  ) throws(ConvertError) {
    try checkUndilated(pool.window, layer: layer)
    let input = quantization[layer.inputs[0]]
    let result = quantization[layer.output]
    var bytes: [UInt8] = []
    for count in 1...pool.window.kernelHeight * pool.window.kernelWidth {
      bytes += try MeanEntry(count: count, input: input, output: result, layer: layer.name).bytes
    }
    var record = OperationRecord(kind: .averagePool)
    record.setWindow(pool.window)
    record.flags = pool.countsPadding ? 1 : 0
    record.parametersOffset = sections.addParameters(bytes)
    record.lo = -128
    record.hi = 127
    emit(record, layer: layer)
  }
}

/// The requantizer of a sum of `count` levels into their mean.
struct MeanEntry {
  var bias: Int
  var requantizer: Requantizer

  /// - Throws: `ConvertError.outOfRange` when input and output scales are too far apart.
  init(
    count: Int, input: QuantizationRecord, output: QuantizationRecord, layer: String
  ) throws(ConvertError) {
    let factor = Double(input.scale) / (Double(output.scale) * Double(count))
    guard let requantizer = Requantizer(factor: factor) else {
      throw .outOfRange(layer: layer, what: "the mean's factor \(factor) is out of range")
    }
    self.requantizer = requantizer
    let steps = (Double(output.zeroPoint) + 0.5 - exp2(-7)) / requantizer.factor
    bias =
      Int((steps + 0.5).rounded(.down)) - count * Int(input.zeroPoint) + requantizer.roundingHalf
    guard abs(bias) + 128 * count < ChannelQuantizer.accumulatorLimit else {
      throw .outOfRange(layer: layer, what: "the mean over \(count) values overflows")
    }
  }

  /// The eight bytes as they stand in the bundle.
  var bytes: [UInt8] {
    var result = [UInt8]()
    withUnsafeBytes(of: Int32(bias).littleEndian) { result += $0 }
    withUnsafeBytes(of: Int16(requantizer.multiplier).littleEndian) { result += $0 }
    result.append(UInt8(bitPattern: Int8(requantizer.shift)))
    result.append(0)
    return result
  }
}
