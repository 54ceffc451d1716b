import SwiftletPlatform
import SwiftletRuntime

@testable import SwiftletRuntime
@testable import SwiftletRuntimeTests

/// Loads and runs bundles: every kernel set, several threads and all schedules must write the same
/// bytes, and what is refused is refused with a sentence.
enum BundleTarget {
  /// Kind of bundle, height, width, channels, seed, kinds of 4 layers.
  static let headLength = 14
  /// Of one change of a field: section, place (2), how, value (2).
  static let changeLength = 6

  /// Elementary operations of the networks that are run; larger ones are only loaded.
  private static let mostWork: Int64 = 400_000
  /// Bytes of memory of the networks that are run.
  private static let mostMemory = 4_000_000

  static func execute(_ input: inout Input) {
    let bytes = BundleInput.bundle(&input)
    bytes.withUnsafeBytes { buffer in
      do throws(BundleError) {
        let model = try Model(copying: buffer)
        Counts.add("loaded")
        run(model, hash(buffer))
      } catch {
        Finding.checkSentence(error)
      }
    }
  }

  private static func run(_ model: Model, _ hash: UInt64) {
    readAll(model)
    var isVerified = true
    do throws(BundleError) {
      try model.verifyContents()
      Counts.add("verified")
    } catch {
      // Right results are promised for bundles that pass only; safe runs for all.
      isVerified = false
      Finding.checkSentence(error)
    }
    var work: Int64 = 0
    for operation in model.operations { work += operation.macCount + operation.movedCount }
    let elements = model.tensors.reduce(0) { $0 + $1.byteCount }
    guard work <= mostWork, elements <= mostMemory else { return Counts.add("too-large") }
    Counts.add("ran")
    let runs = BundleRuns(model, hash, isVerified: isVerified)
    runs.compare()
  }

  /// Reads everything that `inspect` shows.
  private static func readAll(_ model: Model) {
    for index in 0..<model.tensorCount {
      let tensor = model.tensor(index)
      _ = (tensor.name.count, tensor.source.count)
      _ = (tensor.quantization(0), tensor.quantization(tensor.channels - 1))
    }
    for index in 0..<model.operationCount {
      let operation = model.operation(index)
      _ = (operation.name.count, operation.weightsLength)
    }
    for index in 0..<model.labelCount { _ = model.label(index).count }
    for index in 0..<model.provenanceCount { _ = model.provenance(index).key.count }
  }
}

/// The runs of one model that must agree.
private final class BundleRuns {
  let model: Model
  let hash: UInt64
  let isVerified: Bool
  private let sets: [UnsafePointer<CChar>]
  private var expected: UInt64?

  init(_ model: Model, _ hash: UInt64, isVerified: Bool) {
    self.model = model
    self.hash = hash
    self.isVerified = isVerified
    sets = (0..<KernelSets.count).map(KernelSets.name)
  }

  /// A few bits of the input's hash.
  private func bits(_ shift: UInt64, below limit: UInt64) -> Int {
    Int(hash >> shift % limit)
  }

  func compare() {
    do throws(BundleError) {
      let plain = Schedule.plain(operationCount: model.operations.count)
      try check("one by one") { () throws(BundleError) in
        try Interpreter(model, threads: 1, isa: sets[0], schedule: plain)
      }
      let threads = bits(3, below: 8) == 0 ? 2 + bits(9, below: 3) : 1
      for set in sets {
        try check("\(String(cString: set)), \(threads) threads") { () throws(BundleError) in
          try Interpreter(model, threads: threads, isa: set)
        }
      }
      let set = sets[bits(17, below: UInt64(sets.count))]
      try checkChains(set, threads: threads)
      if bits(23, below: 4) == 0 {
        try check("all tensors kept") { () throws(BundleError) in
          try Interpreter(model, threads: threads, isa: set, keepAllTensors: true)
        }
      }
    } catch {
      switch error {
      case .limit, .outOfMemory, .threads: Finding.checkSentence(error)
      default: Finding.fail("a bundle was loaded that cannot be run: \(error)")
      }
    }
  }

  /// Chains that real networks of this size would not get.
  private func checkChains(
    _ set: UnsafePointer<CChar>, threads: Int
  ) throws(BundleError) {
    var options = ChainOptions(threads: threads)
    (options.smallestTensor, options.smallestByChannels, options.smallestOverhead) = (0, 0, 1)
    options.bufferLength = 1 << (6 + bits(29, below: 10))
    options.channelBlocks = 1 + bits(37, below: 3)
    let schedule = Schedule(
      tensors: model.tensors, operations: model.operations, outputs: model.outputPorts,
      options: options)
    guard schedule.stages.count < model.operations.count else { return }
    Counts.add("chained")
    try check("\(String(cString: set)), chained, \(threads) threads") { () throws(BundleError) in
      try Interpreter(model, threads: threads, isa: set, schedule: schedule)
    }
  }

  /// Runs an interpreter; a kernel set that this processor cannot run is passed over.
  private func check(
    _ what: String, _ make: () throws(BundleError) -> Interpreter
  ) throws(BundleError) {
    let interpreter: Interpreter
    do throws(BundleError) {
      interpreter = try make()
    } catch {
      if case .unknownKernelSet = error { return }
      throw error
    }
    let found = outputs(interpreter)
    guard let expected else {
      expected = found
      // What the first run left in memory must not matter to the second. Where weights are damaged it
      // does: what stands in the padding of theirs is multiplied with whatever is there.
      if isVerified {
        Finding.require(outputs(interpreter) == found, "a second run differs: \(what)")
      }
      return
    }
    if found == expected { return }
    if isVerified { Finding.fail("\(what): other bytes than one operation after another") }
    Counts.add("unverified-differ")
  }

  /// The hash of all outputs for inputs that the bundle's hash chooses.
  private func outputs(_ interpreter: Interpreter) -> UInt64 {
    var random = SplitMix64(seed: hash)
    for index in model.inputPorts.indices {
      interpreter.withInput(index) { input in
        for position in input.indices {
          switch hash % 4 {
          case 0: input[position] = -128
          case 1: input[position] = 127
          default: input[position] = Int8(truncatingIfNeeded: random.next() >> 13)
          }
        }
      }
    }
    interpreter.run()
    return model.outputPorts.reduce(0) { sum, port in
      sum &* 31
        &+ interpreter.withTensor(port.tensor) { bytes in
          SwiftletFuzzHash.of(UnsafeRawBufferPointer(bytes))
        }
    }
  }
}

/// The free function, which a property named `hash` hides.
private enum SwiftletFuzzHash {
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 { hash(bytes) }
}
