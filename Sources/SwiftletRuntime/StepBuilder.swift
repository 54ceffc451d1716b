internal import CSwiftletKernels

/// Turns verified operations into kernel calls on one arena.
struct StepBuilder {
  let model: Model
  let plan: MemoryPlan
  let arena: Arena
  let kernels: SwlKernelSet
  let threads: Int
  private(set) var steps: [Step] = []
  /// Those of the current stage.
  private(set) var operations = 0..<0

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
      switch stage.chain {
      case .rows(let chain): addRowChain(chain, scratch: plan.scratch[index])
      case .channels(let chain): addChannelChain(chain, scratch: plan.scratch[index])
      case nil:
        for operation in stage.operations {
          model.operations[operation].addSteps(to: &self)
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
    return Self.start(arena.bytes(offset, plan.length(of: tensor, model.tensors[tensor])))
  }

  /// Bytes from one pixel of the tensor to the next, where they are not side by side.
  func pixelStep(_ tensor: Int) -> Int? { plan.pixelSteps[tensor] }

  /// The input's zero points, one a channel: what a tap outside the input reads.
  func paddingRow(for tensor: Int) -> UnsafePointer<Int8> {
    guard let offset = plan.paddingRows[tensor] else {
      preconditionFailure("the plan's check has found every padding row")
    }
    return UnsafePointer(Self.start(arena.bytes(offset, model.tensors[tensor].channels)))
  }

  /// Adds a call that can be divided into `units`; `work` estimates what it costs.
  mutating func append(units: Int, work: Int64, _ body: @escaping Step.Body) {
    let parts = Self.parts(threads: threads, units: units, work: work)
    append(units: units, parts: parts, body)
  }

  /// In how many parts `units` are dealt to threads.
  static func parts(threads: Int, units: Int, work: Int64) -> Int {
    max(1, min(threads, units, Int(clamping: work / workPerThread)))
  }

  mutating func append(units: Int, parts: Int, _ body: @escaping Step.Body) {
    steps.append(
      Step(units: Int32(units), parts: Int32(parts), operations: operations, body: body))
  }

  static func start(_ bytes: UnsafeMutableBufferPointer<Int8>) -> UnsafeMutablePointer<Int8> {
    guard let start = bytes.baseAddress else {
      preconditionFailure("tensors are never empty")
    }
    return start
  }
}
