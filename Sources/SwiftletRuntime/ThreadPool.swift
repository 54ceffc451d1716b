internal import CSwiftletSystem

/// Owns the worker threads of an interpreter; none when one thread is enough.
final class ThreadPool {
  let threads: Int
  private let pool: OpaquePointer?

  init(threads: Int) throws(BundleError) {
    self.threads = threads
    if threads == 1 {
      pool = nil
      return
    }
    guard let pool = swl_thread_pool_create(Int32(threads)) else {
      throw .threads(count: threads)
    }
    self.pool = pool
  }

  deinit {
    swl_thread_pool_destroy(pool)
  }

  /// Computes all parts of a step and returns when they are done. Allocates nothing.
  @inline(__always)
  func run(_ step: UnsafeMutablePointer<Step>) {
    guard let pool, step.pointee.parts > 1 else {
      // Without a pool there is one thread, for which steps have one part.
      step.pointee.run(part: 0)
      return
    }
    swl_thread_pool_run(
      pool, step.pointee.parts,
      { context, part in context?.assumingMemoryBound(to: Step.self).pointee.run(part: part) },
      step)
  }
}

/// Owns the steps at addresses that do not move, so that threads can be handed them.
final class StepList {
  private let storage: UnsafeMutableBufferPointer<Step>

  init(_ steps: [Step]) {
    storage = .allocate(capacity: steps.count)
    _ = storage.initialize(from: steps)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  var count: Int { storage.count }

  func pointer(_ index: Int) -> UnsafeMutablePointer<Step> {
    precondition(index >= 0 && index < storage.count)
    guard let start = storage.baseAddress else { preconditionFailure("the list is empty") }
    return start + index
  }
}
