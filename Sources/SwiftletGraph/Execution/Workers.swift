import SwiftletPlatform
import Synchronization

/// How many threads an executor uses, and how it shares work among them.
package struct Workers: Sendable {
  let count: Int
  /// nil for one thread.
  private let team: Team?

  /// Shares work among `count` threads, of which there may be fewer: the system does not start any
  /// number of them.
  init(count: Int) {
    self.count = max(1, count)
    team = count > 1 ? Team.shared(count) : nil
  }

  /// Calls `body` once for each number below `tasks`, on up to `count` threads, in any order.
  ///
  /// Threads draw the next number from a counter, so a busy core does less. Tasks must write to
  /// separate places; as no task's arithmetic depends on who runs it, results never depend on
  /// the number of threads.
  func forEach(_ tasks: Int, _ body: (Int) -> Void) {
    guard let team, tasks > 1 else {
      for task in 0..<max(tasks, 0) { body(task) }
      return
    }
    let counter = Atomic<Int>(0)
    team.run {
      while true {
        let task = counter.wrappingAdd(1, ordering: .relaxed).oldValue
        guard task < tasks else { return }
        body(task)
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

/// Threads that all executors of one number of threads have in common: some live only for a moment.
private final class Team: Sendable {
  private let threads: WorkerThreads
  private let isBusy = Atomic<Bool>(false)

  private static let teams = Mutex<[Int: Team]>([:])

  private init(count: Int) {
    threads = WorkerThreads(count)
  }

  /// The team of that many threads, which stays until the process ends.
  static func shared(_ count: Int) -> Team {
    teams.withLock { teams in
      if let team = teams[count] { return team }
      let team = Team(count: count)
      teams[count] = team
      return team
    }
  }

  /// Calls `body` on every thread, or on the caller's alone while the others work for somebody else.
  func run(_ body: () -> Void) {
    guard !isBusy.exchange(true, ordering: .acquiring) else { return body() }
    threads.run(body)
    isBusy.store(false, ordering: .releasing)
  }
}
