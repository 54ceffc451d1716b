import SwiftletGraph
import SwiftletPlatform
import SwiftletRuntime

/// What pools have in common: no dilation; and averages, that a sum of levels becomes their mean.
enum Pooling {
  /// The greatest quotient of the input's scale and the output's: M = s_x / (s_y · count) must be below
  /// 2 even for a single value, as `LinearScales.largestFactor` says.
  private static let largestRatio = LinearScales.largestFactor

  /// `wanted`, or a scale that is coarse enough for the multiplier of at least `count` values.
  static func scales(
    _ wanted: ActivationScales, _ context: ScaleContext, count: Int = 1
  ) -> ActivationScales {
    let input = Double(context.inputs[0].uniform.scale)
    return wanted.widened { _ in input / (largestRatio * Double(count)) }
  }

  /// The requantizer of a sum of `count` levels of a node's input into their mean.
  ///
  /// - Throws: `ConvertError.outOfRange` when input and output scales are too far apart.
  static func entry(
    count: Int, _ node: Node, _ builder: BundleBuilder
  ) throws(ConvertError) -> MeanEntry {
    let input = builder.quantization[node.inputs[0]]
    let output = builder.quantization[node.output]
    let factor = Double(input.scale) / (Double(output.scale) * Double(count))
    guard let requantizer = Requantizer(factor: factor) else {
      throw .outOfRange(layer: node.name, what: "the mean's factor \(factor) is out of range")
    }
    let bias = requantizer.bias(zeroPoint: output.zeroPoint) - count * Int(input.zeroPoint)
    guard abs(bias) + 128 * count < ChannelQuantizer.accumulatorLimit else {
      throw .outOfRange(layer: node.name, what: "the mean over \(count) values overflows")
    }
    return MeanEntry(
      bias: bias, multiplier: requantizer.multiplier, shift: requantizer.shift)
  }

  /// Pools in the bundle have no dilation.
  static func checkUndilated(
    _ window: SwiftletGraph.Window, _ node: Node
  ) throws(ConvertError) {
    guard window.dilationHeight == 1, window.dilationWidth == 1 else {
      throw .unsupported(
        layer: node.name, operation: "a dilated pool", advice: "use a pool without dilation")
    }
  }
}
