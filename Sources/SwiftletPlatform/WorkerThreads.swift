internal import CSwiftletSystem

// `@unchecked Sendable`: the pool is made by `init` and ended by `deinit`, and what it does between is
// the caller's to put in order, as said here.
/// Threads that wait for work to share. One piece of work at a time: whoever has them must see to it
/// that nobody else gives them any meanwhile.
public final class WorkerThreads: @unchecked Sendable {
  private let pool: OpaquePointer?

  /// How many threads there are, the caller's included: as many as were asked for, or fewer where the
  /// system cannot start so many.
  public let count: Int

  /// Starts `count` − 1 threads.
  public init(_ count: Int) {
    var count = min(max(1, count), Int(SWL_MAX_THREADS))
    var pool: OpaquePointer?
    while count > 1 {
      pool = swl_thread_pool_create(Int32(count))
      if pool != nil { break }
      count /= 2
    }
    (self.pool, self.count) = (pool, count)
  }

  deinit {
    swl_thread_pool_destroy(pool)
  }

  /// Calls `body` once on each thread, at the same time, and returns when all are done.
  public func run(_ body: () -> Void) {
    guard let pool else { return body() }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        swl_thread_pool_run(
          pool, Int32(count),
          { context, _ in
            context?.assumingMemoryBound(to: (() -> Void).self).pointee()
          }, UnsafeMutableRawPointer(mutating: body))
      }
    }
  }
}
