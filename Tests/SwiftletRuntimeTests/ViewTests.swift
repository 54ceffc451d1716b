import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// Plans where tensors stand inside others, so that copies need not be made.
@Suite struct ViewTests {
  /// A network that is put together operation by operation.
  private struct Network {
    var builder = BundleBuilder()
    var generator: SplitMix64
    private(set) var shapes: [[Int]] = []

    init(seed: UInt64, _ inputs: [[Int]]) {
      generator = SplitMix64(seed: seed)
      // Tensors stand before operations, ports before both: all are made up front by `tensor`.
      for shape in inputs { builder.port("x\(shapes.count)", tensor(shape), isOutput: false) }
    }

    mutating func tensor(_ shape: [Int]) -> Int {
      shapes.append(shape)
      return builder.tensor(shape[0], shape[1], shape[2], zeroPoints: [4])
    }

    mutating func lookup(_ input: Int) -> Int {
      let output = tensor(shapes[input])
      let table = (0..<256).map { _ in UInt8.random(in: 0...255, using: &generator) }
      builder.operation(.lookup, [input], output) { $0.arrays = table }
      return output
    }

    /// A convolution, with padding so that the size stays.
    mutating func convolution(_ input: Int, _ outputs: Int, kernel: Int, depthwise: Bool = false)
      -> Int
    {
      let (height, width, channels) = (shapes[input][0], shapes[input][1], shapes[input][2])
      let output = tensor([height, width, outputs])
      let taps = kernel * kernel
      let weights = randomWeights(
        outputs, depthwise ? kernel : taps, depthwise ? kernel : channels, &generator)
      let constants = weights.map { channel in
        var constants = OracleConstants.random(&generator, hasSecond: false)
        constants.weightSum = channel.joined().reduce(0, +)
        return constants
      }
      let offset = builder.weights(pack(weights))
      builder.operation(depthwise ? .depthwiseConv2D : .conv2D, [input], output) {
        ($0.kernelHeight, $0.kernelWidth, $0.strideHeight, $0.strideWidth) = (kernel, kernel, 1, 1)
        ($0.dilationHeight, $0.dilationWidth, $0.groups) = (1, 1, 1)
        let padding = kernel / 2
        ($0.padTop, $0.padLeft, $0.padBottom, $0.padRight) = (padding, padding, padding, padding)
        ($0.weightsOffset, $0.arrays) = (offset, packChannelBlocks(constants, groups: 1))
      }
      return output
    }

    /// Channels side by side.
    mutating func channels(_ inputs: [Int]) -> Int {
      let all = inputs.reduce(0) { $0 + shapes[$1][2] }
      let shape = shapes[inputs[0]]
      let output = tensor([shape[0], shape[1], all])
      var start = 0
      var pieces: [(Int, Int, [Int], Int, [Int], Int, [Int])] = []
      for (operand, input) in inputs.enumerated() {
        let own = shapes[input][2]
        pieces.append((operand, 0, [shape[0] * shape[1], own], 0, [own, 1], start, [all, 1]))
        start += own
      }
      builder.operation(.copy, inputs, output) { $0.arrays = copyRecord(pieces) }
      return output
    }

    /// Rows below each other.
    mutating func rows(_ inputs: [Int]) -> Int {
      let shape = shapes[inputs[0]]
      let output = tensor([inputs.reduce(0) { $0 + shapes[$1][0] }, shape[1], shape[2]])
      var start = 0
      var pieces: [(Int, Int, [Int], Int, [Int], Int, [Int])] = []
      for (operand, input) in inputs.enumerated() {
        let count = shapes[input].reduce(1, *)
        pieces.append((operand, 0, [count], 0, [1], start, [1]))
        start += count
      }
      builder.operation(.copy, inputs, output) { $0.arrays = copyRecord(pieces) }
      return output
    }

    /// Some rows.
    mutating func slice(_ input: Int, from first: Int, _ count: Int) -> Int {
      let shape = shapes[input]
      let output = tensor([count, shape[1], shape[2]])
      let row = shape[1] * shape[2]
      builder.operation(.copy, [input], output) {
        $0.arrays = copyRecord([(0, 0, [count, row], first * row, [row, 1], 0, [row, 1])])
      }
      return output
    }

    mutating func finish(_ outputs: [Int]) throws -> Model {
      for (index, output) in outputs.enumerated() {
        builder.port("y\(index)", output, isOutput: true)
      }
      return try load(builder.build()).get()
    }
  }

  /// The outputs are those of a run with all tensors apart, with every kernel set and on any number of
  /// threads. Returns the number of kernel calls.
  @discardableResult
  private func check(_ model: Model) throws -> Int {
    let expected = SampleNetwork.run(try Interpreter(model, keepAllTensors: true))
    #expect(Set(expected).count > 2)
    for index in 0..<KernelSets.count {
      guard let interpreter = try? Interpreter(model, isa: KernelSets.name(index)) else { continue }
      #expect(SampleNetwork.run(interpreter) == expected)
      #expect(SampleNetwork.run(interpreter) == expected, "a second run")
    }
    for threads in 2...4 {
      #expect(SampleNetwork.run(try Interpreter(model, threads: threads)) == expected)
    }
    return try Interpreter(model).steps.count
  }

  @Test func vectorsAreConcatenatedInPlace() throws {
    var network = Network(seed: 1, [[1, 1, 128]])
    let (a, b) = (network.lookup(0), network.lookup(0))
    let joined = network.channels([a, b])
    let model = try network.finish([network.lookup(joined)])
    #expect(try check(model) == 3)
    let plan = try model.plan
    #expect(plan.offsets[a] == plan.offsets[joined])
    #expect(plan.offsets[b] == plan.offsets[joined].map { $0 + 128 })
    // The input and the result take turns beside the 256 bytes.
    #expect(plan.length == 256 + 256 + 64)
  }

  @Test func rowsAreConcatenatedInPlace() throws {
    var network = Network(seed: 2, [[2, 4, 16], [1, 4, 16]])
    let (a, b) = (network.lookup(0), network.lookup(1))
    let joined = network.rows([a, b, a])
    let model = try network.finish([joined])
    // Two tables, and the second time that the first tensor is needed.
    #expect(try check(model) == 3)
    let plan = try model.plan
    #expect(plan.offsets[a] == plan.offsets[joined])
  }

  @Test func channelsAreConcatenatedByConvolutions() throws {
    for width in [3, 30] {
      var network = Network(seed: 3, [[9, width, 19]])
      let branches = [
        network.convolution(0, 24, kernel: 1), network.convolution(0, 7, kernel: 3),
        network.convolution(0, 19, kernel: 3, depthwise: true),
        network.convolution(0, 33, kernel: 1), network.convolution(0, 1, kernel: 1),
      ]
      let joined = network.channels(branches)
      let model = try network.finish([network.convolution(joined, 5, kernel: 1)])
      // The copy has no call left.
      #expect(try check(model) == 6)
      let plan = try model.plan
      for (branch, start) in zip(branches, [0, 24, 31, 50, 83]) {
        #expect(plan.pixelSteps[branch] == 84)
        #expect(plan.offsets[branch] == plan.offsets[joined].map { $0 + start })
      }
      #expect(plan.length < 9 * width * (84 + 84))
    }
  }

  @Test func operandsThatCannotStandInPlaceAreCopied() throws {
    var network = Network(seed: 4, [[5, 6, 16]])
    // A table writes no wider pixels, another reader knows none, nor does an output's.
    let table = network.lookup(0)
    let shared = network.convolution(0, 8, kernel: 1)
    let named = network.convolution(0, 8, kernel: 1)
    let alone = network.convolution(named, 8, kernel: 1)
    let joined = network.channels([table, shared, named, alone])
    let other = network.lookup(shared)
    let model = try network.finish([network.lookup(joined), other, named])
    #expect(try check(model) == 4 + 3 + 2)
    let plan = try model.plan
    #expect(plan.pixelSteps.map { $0 ?? 0 } == [0, 0, 0, 0, 40, 0, 0, 0])
  }

  @Test func slicesAreReadInPlace() throws {
    var network = Network(seed: 5, [[6, 4, 16]])
    let tensor = network.lookup(0)
    let (top, bottom) = (network.slice(tensor, from: 0, 2), network.slice(tensor, from: 2, 4))
    let odd = network.slice(tensor, from: 1, 3)
    let model = try network.finish([
      network.lookup(top), network.convolution(bottom, 3, kernel: 3), network.lookup(odd), bottom,
    ])
    #expect(try check(model) == 4)
    let plan = try model.plan
    #expect(plan.offsets[top] == plan.offsets[tensor])
    #expect(plan.offsets[bottom] == plan.offsets[tensor].map { $0 + 128 })
    // Rows of 63 bytes are not where kernels can read them.
    var narrow = Network(seed: 5, [[6, 1, 63]])
    let source = narrow.lookup(0)
    let slice = narrow.slice(source, from: 1, 2)
    let copied = try narrow.finish([narrow.lookup(slice)])
    #expect(try check(copied) == 3)
  }

  /// An operand that would keep much memory for long is copied instead.
  @Test func aCopyIsMadeWhereThatTakesLessMemory() throws {
    var network = Network(seed: 6, [[1, 1, 64]])
    let early = network.lookup(0)
    let wide = network.lookup(network.convolution(0, 512, kernel: 1))
    let late = network.convolution(network.convolution(wide, 64, kernel: 1), 448, kernel: 1)
    let joined = network.channels([early, late])
    let model = try network.finish([network.convolution(joined, 3, kernel: 1)])
    #expect(try check(model) == 8)
    let plan = try model.plan
    // The two wide tensors or the two that are joined stand side by side, not three; behind them are
    // a few of 64 bytes and the rows of padding.
    #expect(plan.length < 3 * 512 + 64 + 512 + 64 + 512)
    let (first, start) = (try #require(plan.offsets[early]), try #require(plan.offsets[joined]))
    #expect(first + 64 <= start || start + 512 <= first)
  }

  @Test func wrongPlansOfViewsAreRefused() throws {
    var network = Network(seed: 7, [[8, 4, 16]])
    let a = network.convolution(0, 16, kernel: 1)
    let b = network.convolution(0, 16, kernel: 3)
    let joined = network.channels([a, b])
    let (c, d) = (network.lookup(joined), network.lookup(joined))
    let below = network.rows([c, d])
    let slice = network.slice(below, from: 8, 8)
    let last = network.lookup(slice)
    let model = try network.finish([last])
    try check(model)
    let plan = try model.plan
    func refused(_ name: String, _ edit: (inout MemoryPlan) throws -> Void) throws {
      var edited = plan
      try edit(&edited)
      do throws(BundleError) {
        try edited.check(
          tensors: model.tensors, operations: model.operations, inputs: model.inputPorts,
          outputs: model.outputPorts, schedule: model.schedule, keepsAllTensors: false)
        Issue.record("\(name): accepted")
      } catch {
        guard case .plan = error else {
          Issue.record("\(name): \(error.description)")
          return
        }
      }
    }
    #expect(plan.pixelSteps[a] == 32 && plan.pixelSteps[b] == 32)
    try refused("without a pixel step") { $0.pixelSteps[a] = nil }
    try refused("another pixel step") { $0.pixelSteps[a] = 48 }
    try refused("a pixel step of one less than the channels") { $0.pixelSteps[b] = 15 }
    try refused("a pixel step of an output") { $0.pixelSteps[last] = 32 }
    try refused("a pixel step of a table's result") { $0.pixelSteps[c] = 32 }
    try refused("a pixel step of an input") { $0.pixelSteps[0] = 32 }
    try refused("both in one place") { $0.offsets[b] = $0.offsets[a] }
    try refused("one channel too far") { $0.offsets[b] = try #require($0.offsets[b]) + 1 }
    try refused("one channel too near") { $0.offsets[b] = try #require($0.offsets[b]) - 1 }
    try refused("swapped") { ($0.offsets[a], $0.offsets[b]) = ($0.offsets[b], $0.offsets[a]) }
    try refused("rows swapped") {
      ($0.offsets[c], $0.offsets[d]) = ($0.offsets[d], $0.offsets[c])
    }
    try refused("rows in one place") { $0.offsets[d] = $0.offsets[c] }
    try refused("rows too far") { $0.offsets[d] = try #require($0.offsets[d]) + 64 }
    try refused("a slice of other rows") {
      $0.offsets[slice] = try #require($0.offsets[slice]) - 64
    }
    try refused("a missing step") { $0.pixelSteps.removeLast() }
    // With every tensor kept, nothing may stand inside another.
    do throws(BundleError) {
      try plan.check(
        tensors: model.tensors, operations: model.operations, inputs: model.inputPorts,
        outputs: model.outputPorts, schedule: model.schedule, keepsAllTensors: true)
      Issue.record("views passed as a plan with all tensors kept")
    } catch {}
  }

  /// Networks of random operations, many of which are copies.
  @Test func randomNetworksOfCopiesRunAlike() throws {
    var views = 0
    for seed in 0..<60 {
      var network = Network(seed: UInt64(100 + seed), [[4, 4, 16], [4, 4, 16]])
      var pool = [0, 1]
      func pick(_ network: inout Network) -> Int {
        pool[Int.random(in: 0..<pool.count, using: &network.generator)]
      }
      for _ in 0..<12 {
        let (a, b) = (pick(&network), pick(&network))
        let shape = network.shapes[a]
        switch Int.random(in: 0...4, using: &network.generator) {
        case 0: pool.append(network.lookup(a))
        case 1: pool.append(network.convolution(a, 16, kernel: 1))
        case 2: pool.append(network.slice(a, from: shape[0] / 2, shape[0] - shape[0] / 2))
        case 3 where network.shapes[b] == shape && shape[2] <= 64:
          pool.append(network.channels([a, b]))
        case 4 where network.shapes[b] == shape && shape[0] <= 16:
          pool.append(network.rows([a, b]))
        default: pool.append(network.convolution(a, 16, kernel: 3))
        }
      }
      let model = try network.finish([pick(&network), try #require(pool.last)])
      let expected = SampleNetwork.run(try Interpreter(model, keepAllTensors: true))
      for threads in 1...3 {
        let interpreter = try Interpreter(model, threads: threads)
        #expect(SampleNetwork.run(interpreter) == expected, "seed \(seed)")
      }
      if try Interpreter(model).steps.count < model.operationCount { views += 1 }
    }
    #expect(views > 20)
  }
}
