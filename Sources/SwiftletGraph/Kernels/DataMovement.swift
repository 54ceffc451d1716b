/// A box of an input's elements and where they stand in a result: what data movement is made of.
///
/// Element (i₀, i₁, …) of the box, each index below its size, moves from
/// `inputStart + Σ iₖ · inputStrides[k]` to `outputStart + Σ iₖ · outputStrides[k]`. A stride of 0
/// repeats an element.
public struct CopyPiece: Equatable, Sendable {
  /// The input among the operation's inputs.
  public var input: Int
  /// The result among the operation's results.
  public var output: Int = 0
  /// Extents, outermost first; at most six.
  public var sizes: [Int]
  /// In elements.
  public var inputStart = 0
  /// In elements, one a dimension.
  public var inputStrides: [Int]
  /// In elements.
  public var outputStart = 0
  /// In elements, one a dimension.
  public var outputStrides: [Int]
}

/// An operation whose results are its inputs' elements in other places.
package protocol DataMovement: OperationDefinition {
  /// The boxes that make up the results. Every element of a result is in exactly one of them, or in
  /// none where there is a `fill`.
  func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece]

  /// The value of the elements that no box writes; nil when there are none.
  var fill: Float? { get }
}

extension DataMovement {
  package var fill: Float? { nil }
  package var movement: (any DataMovement)? { self }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    let pieces = pieces(inputs: context.inputs, outputs: context.outputs)
    let fill = fill
    let counts = context.outputs.map(\.count)
    return PreparedOperation(reads: Array(context.inputs.indices)) { inputs, outputs, _ in
      if let fill {
        for (output, count) in zip(outputs, counts) { output.update(repeating: fill, count: count) }
      }
      for piece in pieces {
        piece.copy(
          from: inputs[piece.input] + piece.inputStart,
          to: outputs[piece.output] + piece.outputStart, dimension: 0)
      }
    }
  }
}

extension CopyPiece {
  /// Copies what is below dimension `dimension`.
  fileprivate func copy(
    from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, dimension: Int
  ) {
    guard dimension < sizes.count else {
      target.pointee = source.pointee
      return
    }
    let (inputStride, outputStride) = (inputStrides[dimension], outputStrides[dimension])
    if dimension == sizes.count - 1 && inputStride == 1 && outputStride == 1 {
      target.update(from: source, count: sizes[dimension])
      return
    }
    for index in 0..<sizes[dimension] {
      copy(
        from: source + index * inputStride, to: target + index * outputStride,
        dimension: dimension + 1)
    }
  }
}

extension Shape {
  /// The dimension that a possibly negative axis names: −1 is the last.
  func dimension(axis: Int) throws(ShapeMismatch) -> Int {
    let dimension = Self.dimension(axis: axis, rank: rank)
    guard dimensions.indices.contains(dimension) else {
      throw .malformed("there is no axis \(axis) in \(self)")
    }
    return dimension
  }

  /// The same in a value of so many dimensions, not checked.
  static func dimension(axis: Int, rank: Int) -> Int { axis < 0 ? axis + rank : axis }
}
