/// What `add` and `multiply` share: two inputs of one shape, or of shapes that broadcast as NumPy's
/// do: dimensions are compared from the last on, and an extent of 1 stands for any.
enum Broadcast {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    let first = try validatedInputs(inputs, count: 2...2)
    let second = inputs[1]
    if first == second { return first }
    let rank = max(first.rank, second.rank)
    let (a, b) = (extended(first, rank), extended(second, rank))
    var result: [Int] = []
    for (x, y) in zip(a, b) {
      guard x == y || x == 1 || y == 1 else { throw .disagreement(first, second) }
      result.append(max(x, y))
    }
    return try Shape(result).validated()
  }

  private static func extended(_ shape: Shape, _ rank: Int) -> [Int] {
    [Int](repeating: 1, count: rank - shape.rank) + shape.dimensions
  }

  /// Only commutative functions: a smaller input on the left is swapped to the right.
  static func prepared(
    _ context: Preparation, _ combine: @escaping @Sendable (Vector, Vector) -> Vector
  ) -> PreparedOperation {
    let output = context.outputs[0]
    let shapes = context.inputs
    if shapes[0] == shapes[1] {
      return PreparedOperation(reads: [0, 1], allowsInPlace: true) { inputs, outputs, workers in
        workers.forEachVector(output.count, outputs[0]) { index, lanes in
          combine(inputs[0].vector(index, count: lanes), inputs[1].vector(index, count: lanes))
        }
      }
    }
    let smaller = shapes[0] == output ? 1 : 0
    let extent = shapes[smaller].dimensions.last
    if shapes[1 - smaller] == output, extent == output.dimensions.last,
      extent == shapes[smaller].count
    {
      // A vector that stands for every pixel.
      return PreparedOperation(reads: [0, 1], allowsInPlace: true) { inputs, outputs, workers in
        let (vector, image) = (inputs[smaller], inputs[1 - smaller])
        workers.forEachPixelVector(output.image, outputs[0]) { pixel, channel, lanes in
          combine(
            image.vector(pixel + channel, count: lanes), vector.vector(channel, count: lanes))
        }
      }
    }
    let steps = shapes.map { Self.steps($0, output) }
    return PreparedOperation(reads: [0, 1]) { inputs, outputs, _ in
      forEachIndex(output, steps) { position, places in
        let a = Vector(repeating: inputs[0][places[0]])
        outputs[0][position] = combine(a, Vector(repeating: inputs[1][places[1]]))[0]
      }
    }
  }

  /// For each dimension of `output` the distance of neighbours in a value of this shape; 0 where
  /// one stands for all. First extents of 1 that the output lacks, which the pass `RemoveFlattens`
  /// leaves, are skipped.
  private static func steps(_ shape: Shape, _ output: Shape) -> [Int] {
    let missing = max(0, output.rank - shape.rank)
    let steps = zip(shape.dimensions, shape.strides).map { $0 == 1 ? 0 : $1 }
    return [Int](repeating: 0, count: missing) + steps.suffix(output.rank)
  }

  /// Calls `body` for each element with its position and those of the operands.
  private static func forEachIndex(
    _ shape: Shape, _ steps: [[Int]], _ body: (Int, [Int]) -> Void
  ) {
    var index = [Int](repeating: 0, count: shape.rank)
    for position in 0..<shape.count {
      body(position, steps.map { zip($0, index).reduce(0) { $0 + $1.0 * $1.1 } })
      for dimension in shape.dimensions.indices.reversed() {
        index[dimension] += 1
        if index[dimension] < shape[dimension] { break }
        index[dimension] = 0
      }
    }
  }
}
