/// The product of two inputs, element by element; see `Broadcast` for the shapes.
enum Multiply {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    try Broadcast.outputShape(inputs)
  }

  static func prepared(inputs: [Shape], output: Shape) -> PreparedOperation {
    Broadcast.prepared(inputs, output) { $0 * $1 }
  }
}
