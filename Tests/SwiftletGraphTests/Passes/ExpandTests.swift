import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The pass expand")
struct ExpandTests {
  /// The operations after the pass of a network with two inputs that an operation joins.
  private func after(_ operation: Operation, _ a: Shape, _ b: Shape) throws -> [String] {
    var graph = Graph()
    let inputs = [graph.addInput("a", shape: a), graph.addInput("b", shape: b)]
    let result = try graph.add(operation, name: "joined", inputs: inputs)
    graph.addOutput("output", value: result)
    return try checked(passes("expand"), on: graph).operationNames
  }

  private let image = Shape(1, 4, 5, 6)

  @Test("Sums have operands of one shape", arguments: [false, true])
  func sums(isReversed: Bool) throws {
    let smaller: [Shape] = [
      Shape(1, 1, 1, 6), Shape(1, 4, 5, 1), Shape(1, 1, 5, 6), Shape(1, 1, 1, 1), Shape(6),
      Shape(5, 1),
    ]
    for shape in smaller {
      let found =
        try isReversed
        ? after(.add(Add()), shape, image) : after(.add(Add()), image, shape)
      #expect(found == ["expand", "add"], "\(shape)")
    }
    #expect(try after(.add(Add()), image, image) == ["add"])
    #expect(
      try after(.add(Add()), Shape(1, 4, 1, 6), Shape(1, 1, 5, 6)) == ["expand", "expand", "add"])
  }

  @Test("Products keep factors for each channel or pixel")
  func products() throws {
    let multiply = Operation.multiply(Multiply())
    for shape in [Shape(1, 1, 1, 6), Shape(1, 4, 5, 1), Shape(1, 1, 1, 1), image] {
      #expect(try after(multiply, image, shape) == ["multiply"], "\(shape)")
      #expect(try after(multiply, shape, image) == ["multiply"], "\(shape)")
    }
    for shape in [Shape(1, 4, 1, 6), Shape(1, 1, 5, 1), Shape(5, 6)] {
      #expect(try after(multiply, image, shape) == ["expand", "multiply"], "\(shape)")
      #expect(try after(multiply, shape, image) == ["expand", "multiply"], "\(shape)")
    }
    #expect(try after(multiply, Shape(1, 4, 5, 1), Shape(1, 1, 1, 6)) == ["expand", "multiply"])
    #expect(
      try after(multiply, Shape(1, 4, 1, 6), Shape(1, 1, 5, 6)) == ["expand", "expand", "multiply"])
  }
}
