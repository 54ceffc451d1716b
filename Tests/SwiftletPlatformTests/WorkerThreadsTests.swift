import Foundation
import SwiftletPlatform
import Synchronization
import Testing

@Suite("Worker threads")
struct WorkerThreadsTests {
  @Test("Each thread is called once a piece of work", arguments: [-1, 1, 2, 3, 8])
  func calls(count: Int) {
    let threads = WorkerThreads(count)
    #expect(threads.count == max(1, count))
    let calls = Atomic<Int>(0)
    for _ in 0..<100 { threads.run { calls.wrappingAdd(1, ordering: .relaxed) } }
    #expect(calls.load(ordering: .relaxed) == 100 * threads.count)
  }

  @Test("More threads than can be had are fewer")
  func tooMany() {
    #expect((1...256).contains(WorkerThreads(100_000).count))
  }
}
