import SwiftletGraph

/// What one integer operation computes, before quantization: float weights with batch-norm folded.
///
/// Inputs and outputs are values of the source graph, so that whatever calibration or comparison
/// observes there can be looked up here.
struct FusedLayer: Sendable {
  enum Kind: Sendable {
    case convolution(Conv2D)
    case fullyConnected(FullyConnected)
    case add
    /// Of the first input by the second, a gate.
    case multiply
    case averagePool(AveragePool)
    case maxPool(MaxPool)
    case globalAveragePool
    case concat
    /// An activation that could not be fused with what computes its input.
    case lookup(Activation)
  }

  /// The name of the source layer that this one starts with, for messages.
  var name: String
  /// The name of the source layer whose result `output` is.
  var outputName: String
  var kind: Kind
  /// Applied to the result (after `skip`).
  var activation: Activation?
  var inputs: [ValueID]
  /// The other operand of a residual addition that is done before the activation.
  var skip: ValueID?
  /// The value before `activation`.
  var preActivation: ValueID
  var output: ValueID

  /// All values read.
  var reads: [ValueID] { inputs + (skip.map { [$0] } ?? []) }
}

/// A network as a list of integer-able layers in execution order.
struct FusedNetwork: Sendable {
  /// The source graph, whose values the layers refer to.
  let graph: Graph
  var layers: [FusedLayer]
  /// Name and value of each output.
  var outputs: [(name: String, value: ValueID)]
  /// What the user should know, a sentence each.
  var notes: [String]

  /// The values that become int8 tensors: inputs, then each layer's output.
  var storedValues: [ValueID] { graph.inputs.map(\.value) + layers.map(\.output) }
}
