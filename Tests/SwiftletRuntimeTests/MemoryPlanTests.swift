import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

@Suite struct MemoryPlanTests {
  /// Checks a plan against the sample network.
  private func check(
    _ plan: MemoryPlan, _ model: Model, threads: Int = 1, keepsAll: Bool = false
  ) -> BundleError? {
    do throws(BundleError) {
      try plan.check(
        tensors: model.tensors, operations: model.operations, inputs: model.inputPorts,
        outputs: model.outputPorts, schedule: model.schedule, threads: threads,
        keepsAllTensors: keepsAll)
      return nil
    } catch { return error }
  }

  @Test func aChainUsesTwoBuffers() throws {
    // 1 × 1 × 100 tensors one after another need room for two at a time: 2 · 128 and the 64 at
    // the end.
    var builder = BundleBuilder()
    let tensors = (0..<9).map { _ in builder.tensor(1, 1, 100) }
    builder.port("x", tensors[0], isOutput: false)
    builder.port("y", tensors[8], isOutput: true)
    let table = Array((0..<256).map { UInt8($0) })
    for index in 0..<8 {
      builder.operation(.lookup, [tensors[index]], tensors[index + 1]) {
        $0.arrays = table
      }
    }
    let model = try load(builder.build()).get()
    #expect(try model.arenaLength == 2 * 128 + 64)
    let keeping = try Interpreter(model, keepAllTensors: true)
    #expect(keeping.arenaLength == 9 * 128 + 64)
  }

  @Test func everyWrongPlanIsRefused() throws {
    let model = try load(SampleNetwork().bytes).get()
    #expect(try check(model.plan, model) == nil)
    // With every tensor kept, a plan that reuses memory is wrong.
    guard case .plan? = try check(model.plan, model, keepsAll: true) else {
      Issue.record("a plan with reuse passed as one without")
      return
    }

    // Put each tensor over each other: refused exactly when both hold values at one time. The
    // lifetimes here are written down by hand from the network's operations (see SampleNetwork):
    // tensor: (made in step, last read in step).
    let lifetimes = [
      (0, 1), (1, 3), (2, 7), (3, 6), (4, 5), (5, 99), (6, 7), (7, 9), (8, 9), (9, 10), (10, 11),
      (11, 99), (12, 99),
    ]
    #expect(lifetimes.count == model.tensorCount)
    let roomy = try MemoryPlan(
      tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
      schedule: model.schedule, keepsAllTensors: true)
    for a in 0..<lifetimes.count {
      for b in 0..<lifetimes.count where a != b {
        var plan = roomy
        plan.offsets[a] = plan.offsets[b]
        let overlap = lifetimes[a].0 <= lifetimes[b].1 && lifetimes[b].0 <= lifetimes[a].1
        if case .plan? = check(plan, model) {
          #expect(overlap, "tensors \(a) and \(b) may share memory")
        } else {
          #expect(!overlap, "tensors \(a) and \(b) may not share memory")
        }
      }
    }
  }

  @Test func threadsDoNotWriteWhatOthersReadPastATensor() throws {
    // From 64 bytes to 64 bytes: side by side, the last bytes that are read past one are the other's.
    var builder = BundleBuilder()
    let tensors = (0..<3).map { _ in builder.tensor(1, 1, 64) }
    builder.port("x", tensors[0], isOutput: false)
    builder.port("y", tensors[2], isOutput: true)
    for index in 0..<2 {
      builder.operation(.lookup, [tensors[index]], tensors[index + 1]) {
        $0.arrays = Array((0..<256).map { UInt8($0) })
      }
    }
    let model = try load(builder.build()).get()
    let one = try model.plan
    #expect(one.length == 2 * 64 + 64)
    #expect(check(one, model) == nil)
    guard case .plan? = check(one, model, threads: 2) else {
      Issue.record("two threads have no room between their tensors")
      return
    }
    let two = try MemoryPlan(model, model.schedule, threads: 2, keepsAllTensors: false)
    #expect(two.length == 2 * 128 + 64)
    #expect(check(two, model, threads: 2) == nil)
  }

  @Test func plansOutsideTheArenaAreRefused() throws {
    let model = try load(SampleNetwork().bytes).get()
    let edits: [(String, (inout MemoryPlan) -> Void)] = [
      ("negative", { $0.offsets[0] = -64 }),
      ("past the end", { $0.offsets[0] = $0.length }),
      ("no room after it", { $0.offsets[12] = $0.length - 64 }),
      ("overflow", { $0.offsets[0] = Int.max - 63 }),
      ("not aligned", { $0.offsets[0] = 1 }),
      ("tensor missing", { $0.offsets.removeLast() }),
      ("no place for a tensor", { $0.offsets[4] = nil }),
      ("stage missing", { $0.scratch.removeLast() }),
      ("padding row missing", { $0.paddingRows[0] = nil }),
      ("padding row over a tensor", { $0.paddingRows[0] = $0.offsets[5] }),
      ("padding row over another", { $0.paddingRows[0] = $0.paddingRows[1] }),
      ("padding row outside", { $0.paddingRows[0] = $0.length }),
      ("too short", { $0.length -= 64 }),
    ]
    for (name, edit) in edits {
      var plan = try model.plan
      edit(&plan)
      guard case .plan? = check(plan, model) else {
        Issue.record("\(name): accepted")
        continue
      }
    }
  }

  @Test func plansOfRandomNetworksPassTheCheck() throws {
    // Random graphs of additions: each operation reads two earlier tensors.
    var generator = SplitMix64(seed: 21)
    for _ in 0..<60 {
      var builder = BundleBuilder()
      let tensors = (0..<20).map { _ in builder.tensor(1, 5, 13) }
      for index in 0..<2 { builder.port("x\(index)", tensors[index], isOutput: false) }
      let outputs = Set([19, Int.random(in: 2...18, using: &generator)])
      for index in outputs.sorted() { builder.port("y\(index)", tensors[index], isOutput: true) }
      for index in 2..<20 {
        let a = Int.random(in: 0..<index, using: &generator)
        let b = Int.random(in: max(0, index - 3)..<index, using: &generator)
        builder.operation(.add, [tensors[a], tensors[b]], tensors[index]) {
          ($0.multiplierA, $0.multiplierB, $0.outputShift) = (30000, 20000, 15)
          ($0.lo, $0.hi) = (-128, 127)
        }
      }
      let model = try load(builder.build()).get()
      // The plan gives what memory without reuse gives.
      let expected = SampleNetwork.run(try Interpreter(model, keepAllTensors: true))
      #expect(SampleNetwork.run(try Interpreter(model)) == expected)
      #expect(try model.arenaLength < 20 * 128 + 64)
    }
  }
}
