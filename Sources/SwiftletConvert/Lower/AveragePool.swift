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
    let window = SwiftletRuntime.Window(pool.window)
    var entries: [MeanEntry] = []
    for count in 1...window.kernelHeight * window.kernelWidth {
      entries.append(try .make(count: count, input: input, output: result, layer: layer.name))
    }
    writer.add(
      AveragePoolParameters(window: window, countsPadding: pool.countsPadding), entries: entries,
      name: layer.name, inputs: operands(layer), output: tensor(layer.output))
  }
}

extension MeanEntry {
  /// The requantizer of a sum of `count` levels into their mean.
  ///
  /// - Throws: `ConvertError.outOfRange` when input and output scales are too far apart.
  static func make(
    count: Int, input: QuantizationRecord, output: QuantizationRecord, layer: String
  ) throws(ConvertError) -> MeanEntry {
    let factor = Double(input.scale) / (Double(output.scale) * Double(count))
    guard let requantizer = Requantizer(factor: factor) else {
      throw .outOfRange(layer: layer, what: "the mean's factor \(factor) is out of range")
    }
    let steps = (Double(output.zeroPoint) + 0.5 - exp2(-7)) / requantizer.factor
    let bias =
      Int((steps + 0.5).rounded(.down)) - count * Int(input.zeroPoint) + requantizer.roundingHalf
    guard abs(bias) + 128 * count < ChannelQuantizer.accumulatorLimit else {
      throw .outOfRange(layer: layer, what: "the mean over \(count) values overflows")
    }
    return MeanEntry(bias: bias, multiplier: requantizer.multiplier, shift: requantizer.shift)
  }
}
