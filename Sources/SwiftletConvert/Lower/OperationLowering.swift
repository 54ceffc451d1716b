import SwiftletGraph
import SwiftletRuntime

/// What a conversion asks of an operation. One type a file answers; everything with a default is for
/// the operations that it concerns.
protocol OperationLowering: Sendable {
  /// Where the scale of its results comes from.
  var resultRange: ResultRange { get }

  /// Whether each channel of its result may have a scale of its own.
  var givesChannelScales: Bool { get }

  /// Whether each channel of its first input may have a scale of its own. Where the result's scale is
  /// the input's, its channels then have those, and whoever reads it must take them too.
  var takesChannelScales: Bool { get }

  /// Refuses what the bundle has no form of.
  ///
  /// - Throws: `ConvertError.unsupported`.
  func check(_ node: Node, in graph: Graph) throws(ConvertError)

  /// The scales of its result, if calibration decides: `wanted`, or coarser ones where the integer
  /// operation could not express the factors between its inputs' scales and those.
  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales

  /// Adds its operations to the bundle.
  ///
  /// - Throws: `ConvertError.outOfRange` when its numbers do not fit the format.
  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError)
}

extension OperationLowering {
  var resultRange: ResultRange { .calibrated }
  var givesChannelScales: Bool { false }
  var takesChannelScales: Bool { false }
  func check(_ node: Node, in graph: Graph) throws(ConvertError) {}
  func scales(_ wanted: ActivationScales, _ context: ScaleContext) -> ActivationScales { wanted }
}

/// What an operation knows when it chooses the scales of its result.
struct ScaleContext {
  let node: Node
  let graph: Graph
  /// Of the inputs that are no constants.
  let inputs: [ActivationScales]
  /// Of the residual.
  let residual: QuantizationRecord?
  /// What calibration saw before the activation; nil where it did not look.
  let beforeActivation: ClosedRange<Double>?
  /// Whether the scales are those that the network states, and not to be changed.
  var isFixed = false
}
