/// A verified operation: every number in it is within the range its kernel needs.
enum Operation: Sendable {
  case conv2D(Conv2D)
  case depthwiseConv2D(DepthwiseConv2D)
  case fullyConnected(FullyConnected)
  case add(Add)
  case multiply(Multiply)
  case averagePool(AveragePool)
  case maxPool(MaxPool)
  case globalAveragePool(GlobalAveragePool)
  case copy(Copy)
  case lookup(Lookup)

  /// Verifies the parameters of the kind that the record states.
  init(_ reader: OperationReader) throws(BundleError) {
    switch reader.kind {
    case .conv2D: self = .conv2D(try Conv2D(reader))
    case .depthwiseConv2D: self = .depthwiseConv2D(try DepthwiseConv2D(reader))
    case .fullyConnected: self = .fullyConnected(try FullyConnected(reader))
    case .add: self = .add(try Add(reader))
    case .multiply: self = .multiply(try Multiply(reader))
    case .averagePool: self = .averagePool(try AveragePool(reader))
    case .maxPool: self = .maxPool(try MaxPool(reader))
    case .globalAveragePool: self = .globalAveragePool(try GlobalAveragePool(reader))
    case .copy: self = .copy(try Copy(reader))
    case .lookup: self = .lookup(try Lookup(reader))
    }
  }

  var kind: OperationKind {
    switch self {
    case .conv2D: return .conv2D
    case .depthwiseConv2D: return .depthwiseConv2D
    case .fullyConnected: return .fullyConnected
    case .add: return .add
    case .multiply: return .multiply
    case .averagePool: return .averagePool
    case .maxPool: return .maxPool
    case .globalAveragePool: return .globalAveragePool
    case .copy: return .copy
    case .lookup: return .lookup
    }
  }

  /// Adds the kernel calls that compute it.
  func addSteps(to builder: inout StepBuilder) {
    switch self {
    case .conv2D(let operation): operation.addSteps(to: &builder)
    case .depthwiseConv2D(let operation): operation.addSteps(to: &builder)
    case .fullyConnected(let operation): operation.addSteps(to: &builder)
    case .add(let operation): operation.addSteps(to: &builder)
    case .multiply(let operation): operation.addSteps(to: &builder)
    case .averagePool(let operation): operation.addSteps(to: &builder)
    case .maxPool(let operation): operation.addSteps(to: &builder)
    case .globalAveragePool(let operation): operation.addSteps(to: &builder)
    case .copy(let operation): operation.addSteps(to: &builder)
    case .lookup(let operation): operation.addSteps(to: &builder)
    }
  }

  /// Multiply-accumulates of convolutions and fully connected layers, padding taps included.
  var macCount: Int64 {
    switch self {
    case .conv2D(let operation): return operation.macCount
    case .depthwiseConv2D(let operation): return operation.macCount
    case .fullyConnected(let operation): return operation.macCount
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .copy, .lookup: return 0
    }
  }

  /// The sliding window, of operations that have one.
  var window: Window? {
    switch self {
    case .conv2D(let operation): return operation.window
    case .depthwiseConv2D(let operation): return operation.window
    case .averagePool(let operation): return operation.window
    case .maxPool(let operation): return operation.window
    case .fullyConnected, .add, .multiply, .globalAveragePool, .copy, .lookup: return nil
    }
  }

  /// Packed weights and their per-channel constants, of operations that have them.
  var weights: (bytes: ByteView, blocks: ChannelBlocks)? {
    switch self {
    case .conv2D(let operation): return (operation.weights, operation.blocks)
    case .depthwiseConv2D(let operation): return (operation.weights, operation.blocks)
    case .fullyConnected(let operation): return (operation.weights, operation.blocks)
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .copy, .lookup: return nil
    }
  }

  /// How the sum of a multiply-accumulate operation becomes int8.
  var epilogue: EpilogueKind {
    switch self {
    case .conv2D(let operation): return operation.epilogue.kind
    case .depthwiseConv2D(let operation): return operation.epilogue.kind
    case .fullyConnected(let operation): return operation.epilogue.kind
    case .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .copy, .lookup:
      return .requantize
    }
  }

  /// Elements that a run moves, adds, pools or looks up.
  func movedCount(_ tensors: [Tensor], output: Int) -> Int64 {
    let count = Int64(tensors[output].elementCount)
    switch self {
    case .conv2D, .depthwiseConv2D, .fullyConnected: return 0
    case .averagePool(let operation): return count * Int64(operation.window.tapCount)
    case .maxPool(let operation): return count * Int64(operation.window.tapCount)
    case .globalAveragePool(let operation): return Int64(tensors[operation.input].elementCount)
    case .copy(let operation): return operation.movedCount
    case .add, .multiply, .lookup: return count
    }
  }

  /// The tensor whose zero points padding reads, of operations that sum padding.
  var paddedInput: Int? {
    switch self {
    case .conv2D(let operation): return operation.input
    case .depthwiseConv2D(let operation): return operation.input
    case .fullyConnected, .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .copy,
      .lookup:
      return nil
    }
  }
}

/// An operation with the tensors it reads and writes.
struct VerifiedOperation: Sendable {
  let operation: Operation
  let operands: [Int]
  let output: Int
  let name: StringRange
}

extension VerifiedOperation {
  /// What a run of it costs, about: its multiply-accumulates, or the elements that it reads where it
  /// has none.
  func work(_ tensors: [Tensor]) -> Int64 {
    operation.macCount > 0 ? operation.macCount : Int64(tensors[operands[0]].elementCount)
  }
}
