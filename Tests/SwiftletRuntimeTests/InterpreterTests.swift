import CSwiftletAllocationCounter
import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

@Suite struct InterpreterTests {
  @Test func threadsAndKernelSetsGiveTheSameBytes() throws {
    let model = try load(SampleNetwork().bytes).get()
    let expected = SampleNetwork.run(try Interpreter(model, isa: "portable"))
    #expect(Set(expected).count > 2)
    for threads in 1...4 {
      let interpreter = try Interpreter(model, threads: threads)
      #expect(interpreter.threadCount == threads)
      for _ in 0..<20 { #expect(SampleNetwork.run(interpreter) == expected) }
    }
  }

  @Test func keepingAllTensorsChangesNoOutput() throws {
    let model = try load(SampleNetwork().bytes).get()
    let expected = SampleNetwork.run(try Interpreter(model))
    let keeping = try Interpreter(model, keepAllTensors: true)
    #expect(SampleNetwork.run(keeping) == expected)
    #expect(try keeping.arenaLength > model.arenaLength)
    // The input is as it was written, and a lookup is its table applied to its input.
    #expect(bytes(keeping, 0).first == 11)
    let (sum, looked) = (bytes(keeping, 7), bytes(keeping, 8))
    #expect(looked == sum.map { Int8(truncatingIfNeeded: (Int($0) + 128) * 7) })
  }

  @Test(.enabled(if: swl_allocation_count() >= 0, "allocations cannot be counted in this build"))
  func runningAllocatesNothing() throws {
    try #require(swl_allocation_count() != 0, "the counter is not linked in")
    // The counter works: an array is an allocation.
    let before = swl_allocation_count()
    let array = [Int](repeating: 1, count: Int.random(in: 1000...1001))
    #expect(swl_allocation_count() > before && array.count >= 1000)

    let big = ConvNetwork(ConvCase.all[2], seed: 1)
    let chain = ChainNetwork(
      12, 12, 4, [.expand(16), .depthwise(3, padding: [1, 1, 1, 1]), .expand(12)])
    let channels = ChainNetwork(
      12, 12, 4, [.expand(72), .lookup, .depthwise(3, padding: [1, 1, 1, 1]), .mean])
    for (bundle, threads) in [
      (SampleNetwork().bytes, 1), (SampleNetwork().bytes, 2), (big.bundle, 1), (big.bundle, 3),
      (chain.bundle, 1), (chain.bundle, 3), (channels.bundle, 1), (channels.bundle, 3),
    ] {
      let model = try load(bundle).get()
      let schedule =
        Schedule.oneChain(model, stripRows: 2, parts: threads)
        ?? Schedule.channelChain(model, first: 4, blocks: 1, parts: threads) ?? model.schedule
      let interpreter = try Interpreter(model, threads: threads, schedule: schedule)
      let timing = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: model.operationCount)
      defer { timing.deallocate() }
      let own = swl_allocation_count_of_thread()
      interpreter.run()
      let afterRun = swl_allocation_count_of_thread()
      interpreter.run(timing: timing)
      let afterTiming = swl_allocation_count_of_thread()
      #expect(afterRun == own, "the calling thread of \(threads)")
      #expect(afterTiming == afterRun, "the calling thread of \(threads), timed")
      if threads > 1 && !isEmulated { checkWorkers(interpreter, timing) }
    }
  }

  /// Checks that the worker threads allocate nothing either, by counting all of the process.
  ///
  /// Other tests allocate at the same time, so the fewest of many tries is what counts: an allocation
  /// in `run` would be in all of them. Emulated runs are too long for any to be undisturbed.
  private func checkWorkers(
    _ interpreter: Interpreter, _ timing: UnsafeMutableBufferPointer<UInt64>
  ) {
    var fewest = Int64.max
    for _ in 0..<20_000 where fewest > 0 {
      let start = swl_allocation_count()
      interpreter.run()
      interpreter.run(timing: timing)
      fewest = min(fewest, swl_allocation_count() - start)
    }
    #expect(fewest == 0, "\(interpreter.threadCount) threads")
  }

  @Test func timesEachOperation() throws {
    let network = ConvNetwork(ConvCase.all[2], seed: 1)
    let interpreter = try Interpreter(try load(network.bundle).get())
    for (index, input) in network.inputs.enumerated() { fill(interpreter, index, input) }
    var nanoseconds = [UInt64](repeating: .max, count: 1)
    nanoseconds.withUnsafeMutableBufferPointer { interpreter.run(timing: $0) }
    #expect(nanoseconds[0] > 1000 && nanoseconds[0] < 60_000_000_000)
    #expect(bytes(interpreter, network.output) == network.expected)
  }

  @Test func mappedAndReadFilesRunAlike() throws {
    let sample = SampleNetwork()
    try withTemporaryFolder { folder in
      let path = folder + "/sample.swiftlet"
      try Data(sample.bytes).write(to: URL(fileURLWithPath: path))
      let mapped = try Model(path: path)
      let read = try Model(path: path, mapped: false)
      try mapped.verifyContents()
      try read.verifyContents()
      #expect(mapped.fileLength == sample.bytes.count && read.fileLength == sample.bytes.count)
      let (first, second) = (try Interpreter(mapped), try Interpreter(read))
      #expect(SampleNetwork.run(first) == SampleNetwork.run(second))
    }
  }

  @Test func viewsKeepTheFileAlive() throws {
    var model: Model? = try load(SampleNetwork().bytes).get()
    let label = try #require(model?.label(1))
    model = nil
    #expect(label.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == "гриб")
  }

  @Test func refusesWhatItCannotRunOn() throws {
    let model = try load(SampleNetwork().bytes).get()
    func failure(_ threads: Int, _ isa: String?) -> BundleError? {
      do throws(BundleError) {
        if let isa {
          _ = try Interpreter(model, threads: threads, isa: isa)
        } else {
          _ = try Interpreter(model, threads: threads)
        }
        return nil
      } catch { return error }
    }
    guard case .threads(0)? = failure(0, nil), case .threads(100_000)? = failure(100_000, nil),
      case .unknownKernelSet? = failure(1, "abacus")
    else {
      Issue.record("a request that cannot be met was accepted")
      return
    }
  }

  @Test func missingFilesAndFoldersAreErrors() throws {
    try withTemporaryFolder { folder in
      for path in [folder, folder + "/none.swiftlet"] {
        do throws(BundleError) {
          _ = try Model(path: path)
          Issue.record("\(path) was opened")
        } catch {
          guard case .cannotOpen(let errno) = error, errno != 0 else {
            Issue.record("\(error)")
            return
          }
        }
      }
    }
  }
}
