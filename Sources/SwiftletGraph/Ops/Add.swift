/// The sum of two inputs; see `Broadcast` for the shapes.
enum Add {
  static func outputShape(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    try Broadcast.outputShape(inputs)
  }

  static func prepared(inputs: [Shape], output: Shape) -> PreparedOperation {
    Broadcast.prepared(inputs, output) { $0 + $1 }
  }
}
