internal import CSwiftletKernels

/// A kernel call with all its addresses. Holds no references, so that running counts none.
struct Step {
  /// Rows, pixels, elements or blocks of 16 channels, whichever the kernel is divided by.
  let units: Int32
  /// In how many parts the units are dealt to threads.
  let parts: Int32
  /// The index of the operation it belongs to.
  let operation: Int
  let call: KernelCall

  /// Computes part `part` of `parts`.
  func run(part: Int32) {
    let begin = Int32(Int64(units) * Int64(part) / Int64(parts))
    let end = Int32(Int64(units) * Int64(part + 1) / Int64(parts))
    if begin < end { call.run(begin..<end) }
  }
}

/// The kernels' calling conventions.
enum KernelCall {
  case conv(ConvStep)
  case fullyConnected(FullyConnectedStep)
  case add(AddStep)
  case multiply(MultiplyStep)
  case pool(PoolStep)
  case mean(MeanStep)
  case concat(ConcatStep)
  case lookup(LookupStep)

  func run(_ units: Range<Int32>) {
    switch self {
    case .conv(let step): step.run(units)
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
  private var operation = 0

  /// Waking a thread costs about as much as this many elementary operations.
  private static let workPerThread = 1 << 14

  init(model: Model, plan: MemoryPlan, arena: Arena, kernels: SwlKernelSet, threads: Int) {
    self.model = model
    self.plan = plan
    self.arena = arena
    self.kernels = kernels
    self.threads = threads
    for operation in model.operations {
      operation.operation.addSteps(to: &self)
      self.operation += 1
    }
  }

  func tensor(_ index: Int) -> Tensor { model.tensors[index] }

  /// The address that an operation reads a tensor from.
  func input(_ tensor: Int) -> UnsafePointer<Int8> { UnsafePointer(output(tensor)) }

  /// The address that an operation writes a tensor to.
  func output(_ tensor: Int) -> UnsafeMutablePointer<Int8> {
    Self.start(arena.bytes(plan.offsets[tensor], model.tensors[tensor].count))
  }

  /// The input's zero points, one a channel: what a tap outside the input reads.
  func paddingRow(for tensor: Int) -> UnsafePointer<Int8> {
    guard let offset = plan.paddingRows[tensor] else {
      preconditionFailure("the plan's check has found every padding row")
    }
    return UnsafePointer(Self.start(arena.bytes(offset, model.tensors[tensor].channels)))
  }

  /// Adds a call that can be divided into `units`; `work` estimates what it costs.
  mutating func append(_ call: KernelCall, units: Int, work: Int) {
    let parts = max(1, min(threads, units, work / Self.workPerThread))
    steps.append(
      Step(units: Int32(units), parts: Int32(parts), operation: operation, call: call))
  }

  private static func start(_ bytes: UnsafeMutableBufferPointer<Int8>) -> UnsafeMutablePointer<Int8>
  {
    guard let start = bytes.baseAddress else {
      preconditionFailure("tensors are never empty")
    }
    return start
  }
}
