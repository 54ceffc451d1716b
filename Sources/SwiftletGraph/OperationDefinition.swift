/// What the graph asks of an operation. One type a file in `Ops/` answers; everything with a default
/// is for the operations that it concerns.
package protocol OperationDefinition: Sendable {
  /// For people, for example `conv2D`.
  var name: String { get }

  /// What distinguishes it from others of its name, for example `3×3, stride 2`.
  var details: String { get }

  /// The shape rule: the results' shapes for inputs and constants of these shapes.
  ///
  /// - Throws: `ShapeMismatch` when they do not fit the operation, or its own numbers contradict each
  ///   other. It never traps, whatever the numbers.
  func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape]

  /// What the inputs that are constants must hold beside having the right shape.
  func checkConstants(_ constants: [Constant?]) throws(ShapeMismatch)

  /// The operation made ready to run: weights packed, constants computed.
  func prepared(_ context: Preparation) -> PreparedOperation

  /// Its weights, if the result is linear in the first input with weights for each output channel.
  var linear: LinearWeights? { get }

  /// How many of its constants count as parameters, as PyTorch counts them: not statistics.
  var parameterInputs: [Int] { get }

  /// How it is told of the pass `ChannelsLast`.
  var layoutRule: LayoutRule { get }

  /// What may be joined to it by the pass `FuseTails`.
  var acceptedTail: AcceptedTail { get }

  /// What it does with channels that are each scaled by a positive factor.
  var scalingRule: ScalingRule { get }

  /// Where each element of the results comes from, if they are inputs' elements in other places.
  var movement: (any DataMovement)? { get }
}

extension OperationDefinition {
  package var details: String { "" }
  package func checkConstants(_ constants: [Constant?]) throws(ShapeMismatch) {}
  package var linear: LinearWeights? { nil }
  package var parameterInputs: [Int] { [] }
  package var layoutRule: LayoutRule { .followsInput }
  package var acceptedTail: AcceptedTail { .nothing }
  package var scalingRule: ScalingRule { .ends }
  package var movement: (any DataMovement)? { nil }
}

/// Where a linear operation's constants stand, and how they belong to output channels.
package struct LinearWeights: Sendable {
  /// The constant of weights, output channels outermost, among the inputs; the bias follows.
  package let weightInput = 1
  /// The bias among the inputs, if there is one.
  package let biasInput = 2
  /// Output channels.
  package let outputChannels: Int
  /// Weights of an output channel.
  package let weightsPerChannel: Int
  /// Whether each output channel sees the one input channel of its number.
  package let isDepthwise: Bool
  /// Of weights that were quantized before, the scale of each output channel's; else nil.
  package let fixedScales: [Float]?

  /// How often each weight is used for one result of this many elements.
  package func macCount(outputCount: Int) -> Int? {
    checkedProduct(weightsPerChannel, outputCount)
  }
}

/// What may be joined to an operation's result.
package enum AcceptedTail: Sendable {
  case nothing
  /// Activations that are a clamp of the result.
  case clamp
  /// A residual addition, then a clamp; or any activation that is computed from a sum.
  case residualAndCurve
  /// Any activation that is computed from a sum.
  case curve

  /// Whether an activation may be joined, after a residual addition or without one.
  func accepts(_ activation: Activation, afterResidual: Bool) -> Bool {
    switch (self, activation.fusion) {
    case (.nothing, _), (_, .none): false
    case (.clamp, .clamp), (.residualAndCurve, .clamp), (.curve, .clamp): true
    case (.clamp, .gate), (.clamp, .hardSwish), (.clamp, .curve): false
    case (.residualAndCurve, .gate), (.residualAndCurve, .hardSwish), (.residualAndCurve, .curve),
      (.curve, .gate), (.curve, .hardSwish), (.curve, .curve):
      !afterResidual
    }
  }
}

/// What an operation does with channels that are each scaled by a positive factor.
package enum ScalingRule: Sendable {
  /// Its results are not the same ones scaled.
  case ends
  /// Its results are scaled as all its inputs are; shapes must be equal.
  case handsOn
  /// It reads each channel with weights: the rows of a group's output channels have, for each of `taps`
  /// places, a weight for each channel of the group.
  case weighs(groups: Int, taps: Int)
  /// The first two constants, an element for each channel, scale the results.
  case normalises
  /// The results are scaled as the larger of its two inputs.
  case gates
}

/// How an operation meets values whose channels come last where they came first.
package enum LayoutRule: Sendable {
  /// It is about images of a layout, and the same operation exists for channels last.
  case image(ImageLayout, channelsLast: Operation)
  /// It computes each element from elements of the same place, in any layout that all inputs share.
  case followsInput
  /// It names dimensions: the same operation for inputs whose dimension i was `order[i]` before, nil
  /// where there is none. The dimensions of its results are in the new order too, or in the old one.
  case dimensions(
    resultFollows: Bool = true, permuted: @Sendable (_ order: [Int]) -> Operation?)
  /// It depends on the order of the elements in memory.
  case memoryOrder
}

/// What an operation knows when it is made ready to run.
package struct Preparation: Sendable {
  /// Shapes of inputs and constants, and of results.
  package let inputs: [Shape]
  package let outputs: [Shape]
  /// Parallel to `inputs`; nil for what is not constant.
  package let constants: [Constant?]

  /// The floats of an input that is a constant; nil where the input is absent or no constant.
  package func floats(_ input: Int) -> [Float]? {
    input < constants.count ? constants[input]?.floats : nil
  }
}

/// One operation, ready to run: parameters are packed and shapes are fixed.
package struct PreparedOperation: Sendable {
  /// Reads the inputs `reads` and writes every element of the outputs.
  package typealias Body =
    @Sendable (
      _ inputs: [UnsafePointer<Float>], _ outputs: [UnsafeMutablePointer<Float>],
      _ workers: Workers
    ) -> Void

  /// The inputs that `body` is given; packed constants are not among them.
  let reads: [Int]
  /// Whether the output may be the first input's memory: element i of the output then depends on
  /// no element of the first input but i, or only on elements that the same task reads before.
  let allowsInPlace: Bool
  let body: Body

  init(reads: [Int] = [0], allowsInPlace: Bool = false, body: @escaping Body) {
    self.reads = reads
    self.allowsInPlace = allowsInPlace
    self.body = body
  }
}
