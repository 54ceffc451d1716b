import Dispatch
import Synchronization

/// How many threads an executor uses, and how it shares work among them.
package struct Workers: Sendable {
  let count: Int

  /// Calls `body` once for each number below `tasks`, on up to `count` threads, in any order.
  ///
  /// Threads draw the next number from a counter, so a busy core does less. Tasks must write to
  /// separate places; as no task's arithmetic depends on who runs it, results never depend on
  /// the number of threads.
  func forEach(_ tasks: Int, _ body: (Int) -> Void) {
    let workers = min(count, tasks)
    guard workers > 1 else {
      for task in 0..<max(tasks, 0) { body(task) }
      return
    }
    let counter = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      // Safe to share: `body` writes to separate places for separate tasks, as promised above, and
      // concurrentPerform returns only after the last call of it.
      nonisolated(unsafe) let shared = body
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        while true {
          let task = counter.wrappingAdd(1, ordering: .relaxed).oldValue
          guard task < tasks else { return }
          shared(task)
        }
      }
    }
  }

  /// Splits `0..<total` into ranges of `grain` elements (the last may be shorter).
  func forEachRange(_ total: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    forEach((total + grain - 1) / grain) { task in
      body(task * grain..<min(total, (task + 1) * grain))
    }
  }
}
