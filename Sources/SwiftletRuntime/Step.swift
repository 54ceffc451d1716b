internal import CSwiftletKernels

/// A kernel call with all its addresses. Holds no references, so that running counts none.
struct Step {
  /// Rows, pixels, elements or blocks of 16 channels, whichever the kernel is divided by.
  let units: Int32
  /// In how many parts the units are dealt to threads.
  let parts: Int32
  /// The indices of the operations that it computes: several in a chain.
  let operations: Range<Int>
  let call: KernelCall

  /// Computes part `part` of `parts`.
  func run(part: Int32) {
    let begin = Int32(Int64(units) * Int64(part) / Int64(parts))
    let end = Int32(Int64(units) * Int64(part + 1) / Int64(parts))
    if begin < end { call.run(begin..<end, part: part) }
  }
}

/// The kernels' calling conventions.
enum KernelCall {
  case conv(ConvStep)
  case chain(ChainStep)
  case fullyConnected(FullyConnectedStep)
  case add(AddStep)
  case multiply(MultiplyStep)
  case pool(PoolStep)
  case mean(MeanStep)
  case concat(ConcatStep)
  case lookup(LookupStep)

  /// Computes `units`; parts that run at the same time have different numbers.
  func run(_ units: Range<Int32>, part: Int32) {
    switch self {
    case .conv(let step): step.run(units)
    case .chain(let step): step.run(units, part: part)
    case .fullyConnected(let step): step.run(units)
    case .add(let step): step.run(units)
    case .multiply(let step): step.run(units)
    case .pool(let step): step.run(units)
    case .mean(let step): step.run(units)
    case .concat(let step): step.run(units)
    case .lookup(let step): step.run(units)
    }
  }
}

/// Turns verified operations into kernel calls on one arena.
struct StepBuilder {
  let model: Model
  let plan: MemoryPlan
  let arena: Arena
  let kernels: SwlKernelSet
  let threads: Int
  private(set) var steps: [Step] = []
  private var operations = 0..<0

  /// Waking a thread costs about as much as this many elementary operations.
  private static let workPerThread: Int64 = 1 << 14

  init(
    model: Model, schedule: Schedule, plan: MemoryPlan, arena: Arena, kernels: SwlKernelSet,
    threads: Int
  ) {
    self.model = model
    self.plan = plan
    self.arena = arena
    self.kernels = kernels
    self.threads = threads
    for (index, stage) in zip(0..<schedule.stages.count, schedule.stages) {
      operations = stage.operations
      if let chain = stage.chain {
        addChain(chain, scratch: plan.scratch[index])
      } else {
        for operation in stage.operations {
          model.operations[operation].operation.addSteps(to: &self)
        }
      }
    }
  }

  func tensor(_ index: Int) -> Tensor { model.tensors[index] }

  /// The address that an operation reads a tensor from.
  func input(_ tensor: Int) -> UnsafePointer<Int8> { UnsafePointer(output(tensor)) }

  /// The address that an operation writes a tensor to.
  func output(_ tensor: Int) -> UnsafeMutablePointer<Int8> {
    guard let offset = plan.offsets[tensor] else {
      preconditionFailure("only chains read or write tensors that are never whole")
    }
    return Self.start(arena.bytes(offset, model.tensors[tensor].count))
  }

  /// The input's zero points, one a channel: what a tap outside the input reads.
  func paddingRow(for tensor: Int) -> UnsafePointer<Int8> {
    guard let offset = plan.paddingRows[tensor] else {
      preconditionFailure("the plan's check has found every padding row")
    }
    return UnsafePointer(Self.start(arena.bytes(offset, model.tensors[tensor].channels)))
  }

  /// Adds a call that can be divided into `units`; `work` estimates what it costs.
  mutating func append(_ call: KernelCall, units: Int, work: Int64) {
    let parts = Self.parts(threads: threads, units: units, work: work)
    append(call, units: units, parts: parts)
  }

  /// In how many parts `units` are dealt to threads.
  static func parts(threads: Int, units: Int, work: Int64) -> Int {
    max(1, min(threads, units, Int(clamping: work / workPerThread)))
  }

  private mutating func append(_ call: KernelCall, units: Int, parts: Int) {
    steps.append(
      Step(units: Int32(units), parts: Int32(parts), operations: operations, call: call))
  }

  /// Adds the chain of the current operations, with its buffers from `scratch` on.
  private mutating func addChain(_ chain: Chain, scratch: Int?) {
    guard let scratch else { preconditionFailure("the plan's check has found all buffers") }
    let count = operations.count
    let links = UnsafeMutablePointer<ChainLink>.allocate(capacity: chain.parts * count)
    for part in 0..<chain.parts {
      var buffers = chain.buffers.map { buffer in
        Self.start(
          arena.bytes(scratch + part * chain.partLength + buffer.offset, buffer.count))
      }
      buffers.append(output(model.operations[operations.upperBound - 1].output))
      var source = input(model.operations[operations.lowerBound].operands[0])
      for index in 0..<count {
        let operation = model.operations[operations.lowerBound + index].operation
        let step = convolution(operation, from: source, to: buffers[index])
        (links + part * count + index).initialize(
          to: ChainLink(step: step, macCount: operation.macCount))
        source = UnsafePointer(buffers[index])
      }
    }
    let step = ChainStep(links: links, count: count, stripRows: Int32(chain.stripRows))
    let rows = model.tensors[model.operations[operations.upperBound - 1].output].height
    append(.chain(step), units: rows, parts: chain.parts)
  }

  private func convolution(
    _ operation: Operation, from source: UnsafePointer<Int8>,
    to destination: UnsafeMutablePointer<Int8>
  ) -> ConvStep {
    switch operation {
    case .conv2D(let operation): return operation.step(self, from: source, to: destination)
    case .depthwiseConv2D(let operation):
      return operation.step(self, from: source, to: destination)
    case .fullyConnected, .add, .multiply, .averagePool, .maxPool, .globalAveragePool, .concat,
      .lookup:
      preconditionFailure("chains hold convolutions only")
    }
  }

  private static func start(_ bytes: UnsafeMutableBufferPointer<Int8>) -> UnsafeMutablePointer<Int8>
  {
    guard let start = bytes.baseAddress else {
      preconditionFailure("tensors are never empty")
    }
    return start
  }
}
