import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Broadcasting additions and multiplications")
struct BroadcastTests {
  /// By NumPy's rule: dimensions are compared from the last on, 1 stands for any.
  private static func oracle(
    _ a: FloatTensor, _ b: FloatTensor, _ combine: (Float, Float) -> Float
  ) -> FloatTensor {
    let rank = max(a.shape.rank, b.shape.rank)
    func extent(_ shape: Shape, fromLast distance: Int) -> Int {
      distance <= shape.rank ? shape[shape.rank - distance] : 1
    }
    func element(_ tensor: FloatTensor, _ index: [Int]) -> Float {
      let own = index.suffix(tensor.shape.rank)
      return tensor[zip(own, tensor.shape.dimensions).map { $1 == 1 ? 0 : $0 }]
    }
    let shape = Shape(
      (0..<rank).map {
        max(extent(a.shape, fromLast: rank - $0), extent(b.shape, fromLast: rank - $0))
      })
    return FloatTensor(shape) { combine(element(a, $0), element(b, $0)) }
  }

  private static func expectBoth(_ a: FloatTensor, _ b: FloatTensor) throws {
    for (x, y) in [(a, b), (b, a)] {
      #expect(
        try run(.add(Add()), [x, y]) == [oracle(x, y) { $0 + $1 }], "\(x.shape) + \(y.shape)")
      #expect(
        try run(.multiply(Multiply()), [x, y]) == [oracle(x, y) { $0 * $1 }],
        "\(x.shape) · \(y.shape)")
    }
  }

  @Test("Random shapes of every rank", arguments: 1...80)
  func random(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rank = Int.random(in: 0...6, using: &random)
    let whole = (0..<rank).map { _ in Int.random(in: 1...(rank > 4 ? 3 : 5), using: &random) }
    func draw() -> Shape {
      let kept = whole.suffix(Int.random(in: 0...rank, using: &random))
      return Shape(kept.map { Int.random(in: 0...2, using: &random) == 0 ? 1 : $0 })
    }
    let (a, b) = (random.tensor(draw()), random.tensor(draw()))
    try Self.expectBoth(a, b)
  }

  @Test(
    "Images with vectors, columns and single numbers",
    arguments: [
      // As many channels as columns, in both layouts: the gate is no vector of the last dimension.
      (Shape(1, 8, 5, 8), Shape(1, 8, 1, 1)), (Shape(1, 5, 8, 8), Shape(1, 1, 8, 1)),
      (Shape(1, 8, 8, 8), Shape(8, 1, 1)), (Shape(7, 7), Shape(7, 1)),
      (Shape(1, 4, 4, 8), Shape(1, 1, 1, 8)), (Shape(1, 4, 4, 9), Shape(9)),
      (Shape(1, 4, 4, 9), Shape(1, 9)), (Shape(1, 4, 4, 9), Shape()),
      (Shape(1, 4, 4, 1), Shape(1)), (Shape(1, 1, 1, 9), Shape(9)), (Shape(9), Shape(1, 1, 9)),
      (Shape(6, 1), Shape(1, 7)), (Shape(1, 3, 1, 5), Shape(1, 1, 4, 1)),
    ])
  func images(larger: Shape, smaller: Shape) throws {
    var random = SplitMix64(seed: 9)
    try Self.expectBoth(random.tensor(larger), random.tensor(smaller))
  }

  @Test("Constants are read from either side, and reach other nodes unchanged")
  func constants() throws {
    var random = SplitMix64(seed: 2)
    let image = random.tensor(Shape(1, 2, 3, 5))
    for shape in [image.shape, Shape(5), Shape(3, 1), Shape()] {
      let constant = random.tensor(shape)
      var graph = Graph()
      let input = graph.addInput("input", shape: image.shape)
      let value = graph.addConstant("constant", shape: shape, .floats(constant.values))
      // In place over the constant would show in the second and third result.
      for (name, inputs) in [("left", [value, input]), ("right", [input, value])] {
        graph.addOutput(
          name, value: try graph.add(.add(Add()), name: name, inputs: inputs))
        graph.addOutput(
          name, value: try graph.add(.multiply(Multiply()), name: name + "·", inputs: inputs))
      }
      let square = try graph.add(.multiply(Multiply()), name: "square", inputs: [value, value])
      graph.addOutput("square", value: square)
      let executor = FloatExecutor(graph, threads: 2)
      let sum = Self.oracle(image, constant) { $0 + $1 }
      let product = Self.oracle(image, constant) { $0 * $1 }
      let squared = FloatTensor(shape: shape, values: constant.values.map { $0 * $0 })
      for _ in 0..<2 {
        #expect(executor.run([image]) == [sum, product, sum, product, squared])
      }
    }
  }
}
