import CSwiftletSystem
import Foundation
import Testing

/// What a job writes: how often each part ran and on which thread. Plain memory: a part that ran
/// twice at once would be a race.
private struct Record {
  var counts: UnsafeMutablePointer<Int32>
  var threads: UnsafeMutablePointer<UInt>
}

private func job(_ context: UnsafeMutableRawPointer?, _ part: Int32) {
  guard let record = context?.assumingMemoryBound(to: Record.self).pointee else { return }
  record.counts[Int(part)] += 1
  record.threads[Int(part)] = UInt(bitPattern: Int(truncatingIfNeeded: pthread_self()))
}

/// Runs `parts` parts `times` times and returns the counts and the last run's threads.
private func run(
  _ pool: OpaquePointer, parts: Int, times: Int = 1
) -> (counts: [Int32], threads: [UInt]) {
  var counts = [Int32](repeating: 0, count: max(parts, 1))
  var threads = [UInt](repeating: 0, count: max(parts, 1))
  counts.withUnsafeMutableBufferPointer { counts in
    threads.withUnsafeMutableBufferPointer { threads in
      guard let counts = counts.baseAddress, let threads = threads.baseAddress else { return }
      var record = Record(counts: counts, threads: threads)
      for _ in 0..<times { swl_thread_pool_run(pool, Int32(parts), job, &record) }
    }
  }
  return (Array(counts.prefix(parts)), Array(threads.prefix(parts)))
}

@Suite(.serialized) struct ThreadPoolTests {
  @Test(arguments: 1...8)
  func everyPartRunsOnceInContiguousRuns(_ size: Int32) throws {
    let pool = try #require(swl_thread_pool_create(size))
    defer { swl_thread_pool_destroy(pool) }
    #expect(swl_thread_pool_size(pool) == size)
    let caller = UInt(bitPattern: Int(truncatingIfNeeded: pthread_self()))
    for parts in [0, 1, 2, 3, 5, 7, 8, 9, 16, 17, 64, 100, 1001] {
      let (counts, threads) = run(pool, parts: parts)
      #expect(counts == [Int32](repeating: 1, count: parts), "\(parts) parts")
      var runs: [UInt] = []
      for thread in threads where thread != runs.last { runs.append(thread) }
      #expect(Set(runs).count == runs.count, "\(parts) parts: a thread's parts are not adjacent")
      #expect(runs.count == min(parts, parts == 1 ? 1 : Int(size)), "\(parts) parts")
      if parts == 1 || parts >= size, parts > 0 { #expect(threads[0] == caller) }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 8])
  func manyRunsInARow(_ size: Int32) throws {
    let pool = try #require(swl_thread_pool_create(size))
    defer { swl_thread_pool_destroy(pool) }
    let times = 3000
    for parts in [2, 5, 13] {
      let (counts, _) = run(pool, parts: parts, times: times)
      #expect(counts == [Int32](repeating: Int32(times), count: parts), "\(parts) parts")
    }
  }

  /// Threads that went to sleep between runs wake up again.
  @Test func sleepingThreadsWakeUp() throws {
    let pool = try #require(swl_thread_pool_create(4))
    defer { swl_thread_pool_destroy(pool) }
    for _ in 0..<20 {
      usleep(2000)
      #expect(run(pool, parts: 9).counts == [Int32](repeating: 1, count: 9))
    }
  }

  @Test func poolsComeAndGo() throws {
    for round in 0..<300 {
      let pool = try #require(swl_thread_pool_create(Int32(1 + round % 5)))
      if round % 3 != 0 { #expect(run(pool, parts: 4).counts == [1, 1, 1, 1]) }
      swl_thread_pool_destroy(pool)
    }
    swl_thread_pool_destroy(nil)
  }

  @Test(arguments: [0, -1, Int32.min, SWL_MAX_THREADS + 1, Int32.max])
  func impossibleSizesAreNull(_ size: Int32) {
    #expect(swl_thread_pool_create(size) == nil)
  }
}
