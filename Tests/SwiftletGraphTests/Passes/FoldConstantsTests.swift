import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The pass fold-constants")
struct FoldConstantsTests {
  @Test("A chain of constants becomes one, under the last node's name")
  func chain() throws {
    var builder = NetworkBuilder(seed: 1)
    let input = builder.input(2, 3, 4)
    let a = builder.constant("a", Shape(4, 1, 1))
    let b = builder.constant("b", Shape(1, 4, 1, 1))
    let sum = try builder.add(.add(Add()), "sum", a, b)
    let square = try builder.add(.multiply(Multiply()), "square", sum, sum)
    let gate = try builder.add(.activation(.sigmoid), "gate", square)
    let scaled = try builder.add(.multiply(Multiply()), "scaled", input, gate)
    let graph = builder.graph.withOutputs(scaled)
    let folded = try checked(passes("fold-constants"), on: graph)
    #expect(folded.operationNames == ["multiply"])
    #expect(folded.constant(gate)?.name == "gate")
    #expect(folded.nodes[0].inputs == [input, gate])
    // Nobody reads the others any more, so they take up no memory.
    for value in [a, b, sum, square] { #expect(folded.constant(value)?.count == 0) }
    #expect(folded.constant(gate)?.count == 4)
  }

  @Test("Weights that are computed become constants, so that the layer can run")
  func weights() throws {
    var builder = NetworkBuilder(seed: 2)
    let input = builder.input(1, 1, 3)
    let columns = builder.constant("columns", Shape(3, 2))
    let rows = try builder.add(.transpose(Transpose(order: [1, 0])), "rows", columns)
    let layer = FullyConnected(inputCount: 3, outputCount: 2)
    let output = try builder.add(.fullyConnected(layer), "layer", input, rows)
    var graph = builder.graph.withOutputs(output)
    try graph.apply(passes("fold-constants"))
    checkForm(of: graph)
    #expect(graph.operationNames == ["fullyConnected"])
    let tensor = builder.tensors()[0]
    let weights = try #require(builder.graph.constant(columns)?.floats)
    let expected = (0..<2).map { row in
      (0..<3).reduce(Float(0)) { $0 + tensor.values[$1] * weights[2 * $1 + row] }
    }
    let found = FloatExecutor(graph).run([tensor])[0].values
    #expect(difference(found, expected, 1e-6) == nil)
  }

  @Test("What an output is becomes a constant too, and still leaves the network")
  func output() throws {
    var builder = NetworkBuilder(seed: 3)
    let constant = builder.constant("a", Shape(1, 3))
    let relu = try builder.add(.activation(.relu), "relu", constant)
    let folded = try checked(passes("fold-constants"), on: builder.graph.withOutputs(relu))
    #expect(folded.nodes.isEmpty)
  }

  @Test("What reads an input, is unbound, of integers, of several results or huge stays")
  func staying() throws {
    var builder = NetworkBuilder(seed: 4)
    let input = builder.input(1, 1, 3)
    let constant = builder.constant("a", Shape(1, 3, 1, 1))
    let unbound = builder.graph.addConstant("unbound", shape: Shape(3))
    let integers = builder.graph.addConstant("integers", shape: Shape(3), .integers([1, 2, 3]))
    _ = try builder.add(.add(Add()), "input", input, constant)
    _ = try builder.add(.activation(.relu), "relu", unbound)
    _ = try builder.add(.activation(.relu), "integers", integers)
    _ = try builder.graph.addNode(
      .split(Split(axis: 1, sizes: [1, 2])), name: "split", inputs: [constant])
    // 4,097 · 4,097 elements of a file that is small.
    let (row, column) = (
      builder.constant("row", Shape(4097)), builder.constant("column", Shape(4097, 1))
    )
    _ = try builder.add(.add(Add()), "huge", row, column)
    var graph = builder.graph
    try graph.apply(passes("fold-constants"))
    #expect(graph.nodes.map(\.name) == ["input", "relu", "integers", "split", "huge"])
    #expect(graph.constant(row)?.count == 4097)
  }
}
