internal import CSwiftletKernels

/// Runs a model: owns the memory of its tensors and its threads.
///
/// An interpreter is for one thread at a time; several may share a model. Everything that can fail
/// or allocate happens in `init`.
public final class Interpreter {
  /// The network that is run.
  public let model: Model
  private let plan: MemoryPlan
  private let arena: Arena
  private let kernels: UnsafePointer<SwlKernelSet>
  private let pool: ThreadPool
  private let keepsAllTensors: Bool
  let steps: StepList
  /// What a run of each operation costs, about.
  let work: [Int64]

  /// More threads than any board has.
  public static let maximumThreads = 64

  /// Prepares to run `model` on `threads` threads, the caller's included.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - threads: 1 to `maximumThreads`. Results do not depend on it.
  ///   - isa: The name of a kernel set, such as "portable"; nil for the best this processor can run.
  ///     Results do not depend on it either.
  ///   - keepAllTensors: Gives each tensor memory of its own, so that all can be read after a run.
  /// - Throws: `threads`, `unknownKernelSet`, `outOfMemory`, or `limit` for the arena.
  public convenience init(
    _ model: Model, threads: Int = 1, isa: UnsafePointer<CChar>? = nil,
    keepAllTensors: Bool = false
  ) throws(BundleError) {
    if threads < 1 || threads > Self.maximumThreads { throw .threads(count: threads) }
    let schedule = Schedule(model, threads: threads, keepsAllTensors: keepAllTensors)
    try self.init(
      model, threads: threads, isa: isa, keepAllTensors: keepAllTensors, schedule: schedule)
  }

  /// Prepares to run `model` as `schedule` has it.
  init(
    _ model: Model, threads: Int, isa: UnsafePointer<CChar>? = nil, keepAllTensors: Bool = false,
    schedule: Schedule
  ) throws(BundleError) {
    if let isa {
      guard let named = swl_kernel_set_named(isa) else { throw .unknownKernelSet }
      kernels = named
    } else {
      kernels = swl_kernel_set_best()
    }
    plan = try MemoryPlan(
      model, schedule, threads: threads, keepsAllTensors: keepAllTensors)
    arena = try Arena(count: plan.length)
    pool = try ThreadPool(threads: threads)
    let builder = StepBuilder(
      model: model, schedule: schedule, plan: plan, arena: arena, kernels: kernels.pointee,
      threads: threads)
    steps = StepList(builder.steps)
    work = model.operations.map { $0.work }
    self.model = model
    keepsAllTensors = keepAllTensors
    fillPaddingRows()
  }

  /// Bytes of memory that the tensors of `model` share when it is run on `threads` threads, found by
  /// planning alone: nothing is allocated for them.
  ///
  /// - Throws: `threads`, or `limit` when it is too much.
  public static func arenaLength(of model: Model, threads: Int = 1) throws(BundleError) -> Int {
    if threads < 1 || threads > maximumThreads { throw .threads(count: threads) }
    let schedule = Schedule(model, threads: threads, keepsAllTensors: false)
    return try MemoryPlan(model, schedule, threads: threads, keepsAllTensors: false).length
  }

  /// The kernel set in use, for example "portable": a C string that is valid for ever.
  public var isaName: UnsafePointer<CChar> { kernels.pointee.name }

  /// Bytes of memory that the tensors share.
  public var arenaLength: Int { arena.count }

  /// How many threads compute, the caller's included.
  public var threadCount: Int { pool.threads }

  /// Calls `body` with the bytes of input number `index`, in NHWC order, to be filled.
  ///
  /// Inputs must be filled before each run: unless all tensors are kept, running overwrites them.
  /// The pointer must not outlive the call.
  public func withInput<Result>(
    _ index: Int, _ body: (UnsafeMutableBufferPointer<Int8>) -> Result
  ) -> Result {
    body(bytes(model.inputPorts[index].tensor))
  }

  /// Calls `body` with the bytes of a tensor, in NHWC order, as the last run left them.
  ///
  /// Outputs can always be read; other tensors only when all are kept. The pointer must not
  /// outlive the call.
  public func withTensor<Result>(
    _ tensor: Int, _ body: (UnsafeBufferPointer<Int8>) -> Result
  ) -> Result {
    precondition(
      keepsAllTensors || model.outputPorts.contains { $0.tensor == tensor },
      "this tensor's memory is used again; keep all tensors to read it")
    return body(UnsafeBufferPointer(bytes(tensor)))
  }

  /// Computes the outputs from the inputs. Cannot fail, and allocates nothing.
  public func run() {
    for index in 0..<steps.count { runStep(index) }
  }

  @inline(__always)
  func runStep(_ index: Int) {
    let step = steps.pointer(index)
    pool.run(step)
  }

  private func bytes(_ tensor: Int) -> UnsafeMutableBufferPointer<Int8> {
    guard let offset = plan.offsets[tensor] else {
      preconditionFailure("inputs and outputs are always whole")
    }
    return arena.bytes(offset, model.tensors[tensor].byteCount)
  }

  private func fillPaddingRows() {
    for tensor in 0..<model.tensors.count {
      guard let offset = plan.paddingRows[tensor] else { continue }
      let info = model.tensor(tensor)
      let row = arena.bytes(offset, info.channels)
      for channel in 0..<info.channels {
        row[channel] = Int8(info.quantization(channel).zeroPoint)
      }
    }
  }
}
