import SwiftletGraph
import SwiftletTestSupport
import Testing

/// Runs one operation over inputs; all results.
func run(_ operation: Operation, _ inputs: [FloatTensor]) throws -> [FloatTensor] {
  var graph = Graph()
  let values = inputs.enumerated().map { graph.addInput("input\($0)", shape: $1.shape) }
  let results = try graph.addNode(operation, name: operation.name, inputs: values)
  for result in results { graph.addOutput("output", value: result) }
  return FloatExecutor(graph, threads: 2).run(inputs)
}

@Suite("Data movement against index arithmetic")
struct MovementTests {
  /// Shapes of every rank that has elements to move.
  private static func shape(_ random: inout SplitMix64, rank: Int) -> Shape {
    Shape((0..<rank).map { _ in Int.random(in: 1...(rank > 4 ? 3 : 5), using: &random) })
  }

  @Test("Concatenations along every axis, counted from both ends", arguments: 1...6)
  func concat(rank: Int) throws {
    var random = SplitMix64(seed: UInt64(rank))
    for axis in -rank..<rank {
      let dimension = (axis + rank) % rank
      let first = Self.shape(&random, rank: rank)
      let inputs = [2, 1, 3, 1].map { extent in
        var shape = first
        shape.dimensions[dimension] = extent
        return random.tensor(shape)
      }
      var shape = first
      shape.dimensions[dimension] = 7
      let expected = FloatTensor(shape) { index in
        var (inner, part) = (index, 0)
        while inner[dimension] >= inputs[part].shape[dimension] {
          inner[dimension] -= inputs[part].shape[dimension]
          part += 1
        }
        return inputs[part][inner]
      }
      #expect(try run(.concat(Concat(axis: axis)), inputs) == [expected], "axis \(axis)")
    }
  }

  @Test("An input may be joined to itself, and one input alone stays as it is")
  func concatSame() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(2, 2))
    let twice = try graph.add(.concat(Concat(axis: 1)), name: "twice", inputs: [input, input])
    let once = try graph.add(.concat(Concat(axis: 0)), name: "once", inputs: [twice])
    graph.addOutput("output", value: once)
    let result = FloatExecutor(graph).run([FloatTensor(shape: Shape(2, 2), values: [1, 2, 3, 4])])
    #expect(result[0] == FloatTensor(shape: Shape(2, 4), values: [1, 2, 1, 2, 3, 4, 3, 4]))
  }

  @Test("Expansions of every rank to every rank above", arguments: 1...6)
  func expand(rank: Int) throws {
    var random = SplitMix64(seed: 30 + UInt64(rank))
    for more in 0...(6 - rank) {
      let output = Self.shape(&random, rank: rank + more)
      var shape = Shape(Array(output.dimensions.suffix(rank)))
      for dimension in 0..<rank where Bool.random(using: &random) {
        shape.dimensions[dimension] = 1
      }
      let input = random.tensor(shape)
      let expected = FloatTensor(output) { index in
        input[zip(index.suffix(rank), shape.dimensions).map { $1 == 1 ? 0 : $0 }]
      }
      #expect(try run(.expand(Expand(to: output.dimensions)), [input]) == [expected])
    }
  }

  @Test("What cannot be repeated is refused")
  func badExpansions() {
    let cases: [(Shape, [Int])] = [
      (Shape(2, 3), [3]), (Shape(2, 3), [2, 1]), (Shape(2, 3), [4, 3]), (Shape(1, 1), [0, 1]),
      (Shape(1), []), (Shape(1, 1), [.max, .max]),
    ]
    for (shape, sizes) in cases {
      var graph = Graph()
      let input = graph.addInput("input", shape: shape)
      #expect(throws: GraphError.self) {
        try graph.add(.expand(Expand(to: sizes)), name: "expand", inputs: [input])
      }
    }
  }

  @Test("Splits along every axis, counted from both ends", arguments: 1...6)
  func split(rank: Int) throws {
    var random = SplitMix64(seed: 10 + UInt64(rank))
    for axis in -rank..<rank {
      let dimension = (axis + rank) % rank
      var shape = Self.shape(&random, rank: rank)
      shape.dimensions[dimension] = 7
      let input = random.tensor(shape)
      let sizes = [3, 1, 2, 1]
      var start = 0
      let expected = sizes.map { size in
        defer { start += size }
        var part = shape
        part.dimensions[dimension] = size
        return FloatTensor(part) { index in
          var outer = index
          outer[dimension] += start
          return input[outer]
        }
      }
      #expect(try run(.split(Split(axis: axis, sizes: sizes)), [input]) == expected)
    }
  }

  @Test("Random slices, with steps of both signs", arguments: 1...6, 1...12)
  func slice(rank: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: 100 * UInt64(rank) + seed)
    let shape = Self.shape(&random, rank: rank)
    var (starts, sizes, steps): ([Int], [Int], [Int]) = ([], [], [])
    for extent in shape.dimensions {
      let step = Int.random(in: 1...3, using: &random)
      let size = Int.random(in: 1...((extent - 1) / step + 1), using: &random)
      let first = Int.random(in: 0...(extent - 1 - (size - 1) * step), using: &random)
      let isBackwards = Bool.random(using: &random)
      starts.append(isBackwards ? first + (size - 1) * step : first)
      sizes.append(size)
      steps.append(isBackwards ? -step : step)
    }
    let input = random.tensor(shape)
    let expected = FloatTensor(Shape(sizes)) { index in
      input[index.indices.map { starts[$0] + index[$0] * steps[$0] }]
    }
    let slice = Slice(starts: starts, sizes: sizes, steps: steps)
    #expect(try run(.slice(slice), [input]) == [expected], "\(slice) of \(shape)")
  }

  @Test("A slice without steps takes neighbours")
  func plainSlice() throws {
    let input = FloatTensor(shape: Shape(2, 4), values: [0, 1, 2, 3, 4, 5, 6, 7])
    let slice = Slice(starts: [1, 1], sizes: [1, 2])
    #expect(
      try run(.slice(slice), [input]) == [FloatTensor(shape: Shape(1, 2), values: [5, 6])])
  }

  @Test("Random orders of dimensions", arguments: 1...6, 1...6)
  func transpose(rank: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: 1000 * UInt64(rank) + seed)
    let shape = Self.shape(&random, rank: rank)
    let order = (0..<rank).shuffled(using: &random)
    let input = random.tensor(shape)
    let expected = FloatTensor(Shape(order.map { shape[$0] })) { index in
      var source = index
      for (result, dimension) in order.enumerated() { source[dimension] = index[result] }
      return input[source]
    }
    #expect(try run(.transpose(Transpose(order: order)), [input]) == [expected], "\(order)")
  }

  @Test("Random paddings with any value", arguments: 1...6, 1...5)
  func pad(rank: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: 5000 * UInt64(rank) + seed)
    let shape = Self.shape(&random, rank: rank)
    let before = shape.dimensions.map { _ in Int.random(in: 0...2, using: &random) }
    let after = shape.dimensions.map { _ in Int.random(in: 0...2, using: &random) }
    let value: Float = seed == 1 ? 0 : random.nextSignedUnit()
    let input = random.tensor(shape)
    let padded = Shape((0..<rank).map { shape[$0] + before[$0] + after[$0] })
    let expected = FloatTensor(padded) { index in
      let inner = index.indices.map { index[$0] - before[$0] }
      let isInside = inner.indices.allSatisfy { (0..<shape[$0]).contains(inner[$0]) }
      return isInside ? input[inner] : value
    }
    let pad = Pad(before: before, after: after, value: value)
    #expect(try run(.pad(pad), [input]) == [expected], "\(pad) of \(shape)")
  }

  @Test("Padding's value may be anything", arguments: [.infinity, -.infinity, -0.0] as [Float])
  func padValue(value: Float) throws {
    let pad = Pad(before: [1], after: [0], value: value)
    let result = try run(.pad(pad), [FloatTensor(shape: Shape(1), values: [5])])
    #expect(result[0].values.map(\.bitPattern) == [value.bitPattern, Float(5).bitPattern])
  }

  @Test("Channel shuffles in both layouts", arguments: ImageLayout.allCases, [1, 2, 3, 4, 6, 12])
  func channelShuffle(layout: ImageLayout, groups: Int) throws {
    var random = SplitMix64(seed: UInt64(groups))
    let input = random.tensor(Shape(1, 3, 5, 12))
    // Channel i of group g, which stands at g · each + i, becomes channel i · groups + g.
    let each = 12 / groups
    var sources = [Int](repeating: 0, count: 12)
    for group in 0..<groups {
      for member in 0..<each { sources[member * groups + group] = group * each + member }
    }
    let expected = FloatTensor(input.shape) { input[[0, $0[1], $0[2], sources[$0[3]]]] }
    let shuffle = Operation.channelShuffle(ChannelShuffle(groups: groups, layout: layout))
    let result = try run(shuffle, [input.turned(to: layout)])
    #expect(result == [expected.turned(to: layout)])
    // A vector has the channels in its second dimension.
    let vector = random.tensor(Shape(1, 12))
    let shuffled = sources.map { vector.values[$0] }
    #expect(try run(shuffle, [vector])[0].values == shuffled)
  }

  @Test("Reshaping and flattening keep the order of memory")
  func reshape() throws {
    var random = SplitMix64(seed: 3)
    let input = random.tensor(Shape(2, 3, 4))
    for shape in [Shape(24), Shape(4, 3, 2), Shape(1, 1, 6, 4), Shape(2, 1, 3, 1, 2, 2)] {
      let result = try run(.reshape(Reshape(to: shape)), [input])
      #expect(result == [FloatTensor(shape: shape, values: input.values)])
    }
    #expect(
      try run(.flatten(Flatten()), [input])
        == [FloatTensor(shape: Shape(1, 24), values: input.values)])
    let scalar = FloatTensor(shape: Shape(), values: [3])
    #expect(try run(.reshape(Reshape(to: Shape(1, 1))), [scalar])[0].values == [3])
    #expect(try run(.reshape(Reshape(to: Shape())), [scalar]) == [scalar])
  }

  @Test("Every result of a node is a value of its own")
  func severalResults() throws {
    var graph = Graph()
    let input = graph.addInput("input", shape: Shape(6))
    let parts = try graph.addNode(
      .split(Split(axis: 0, sizes: [2, 3, 1])), name: "split", inputs: [input])
    let relu = try graph.add(.activation(.relu), name: "relu", inputs: [parts[1]])
    graph.addOutput("last", value: parts[2])
    graph.addOutput("middle", value: relu)
    graph.addOutput("middle before", value: parts[1])
    #expect(graph.nodes[0].outputs == parts)
    #expect(graph.shape(of: parts[1]) == Shape(3))
    let tensor = FloatTensor(shape: Shape(6), values: [1, 2, -3, 4, -5, 6])
    // The first part is never read, the second twice.
    var observed: [ValueID] = []
    let result = FloatExecutor(graph).run([tensor]) { value, tensor in
      observed.append(value)
      #expect(tensor.shape == graph.shape(of: value))
    }
    #expect(result.map(\.values) == [[6], [0, 4, 0], [-3, 4, -5]])
    #expect(observed == [input] + parts + [relu])
  }
}
