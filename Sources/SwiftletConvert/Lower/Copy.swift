import SwiftletGraph
import SwiftletRuntime

/// Data movement: each result is a copy of boxes of the inputs, one operation a result.
///
/// Inputs whose quantization is not the result's go through a table.
struct CopyLowering: OperationLowering {
  let resultRange: ResultRange
  private let movement: any DataMovement

  /// The range is `ofInput` where all elements come from one input, whose levels they keep.
  init(_ movement: any DataMovement, _ resultRange: ResultRange) {
    self.movement = movement
    self.resultRange = resultRange
  }

  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    guard node.inputs.count <= BundleLayout.maximumOperands else {
      throw .unsupported(
        layer: node.name, operation: "\(movement.name) of \(node.inputs.count) inputs",
        advice: "at most \(BundleLayout.maximumOperands) are possible")
    }
    let count = movedBoxes(node, graph).reduce(0) { $0 + $1.expressibleCount }
    guard count <= BundleLayout.maximumPieces * node.outputs.count else {
      throw .unsupported(
        layer: node.name, operation: "\(movement.name) in \(count) pieces",
        advice: "at most \(BundleLayout.maximumPieces) are possible")
    }
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    let all = movedBoxes(node, builder.graph).flatMap(\.expressible)
    for (index, output) in node.outputs.enumerated() {
      let result = builder.quantization[output]
      var tables: [LookupTable] = []
      let tableOfInput = node.inputs.map { input -> Int? in
        let record = builder.quantization[input]
        if record == result { return nil }
        tables.append(LookupTable { result.quantize(record.dequantize($0)) })
        return tables.count - 1
      }
      let pieces = all.filter { $0.output == index }.map { piece in
        SwiftletRuntime.CopyPiece(
          operand: piece.input, sizes: piece.sizes, sourceStart: piece.inputStart,
          sourceStrides: piece.inputStrides, destinationStart: piece.outputStart,
          destinationStrides: piece.outputStrides, table: tableOfInput[piece.input])
      }
      builder.writer.addCopy(
        fill: movement.fill.map { result.quantize(Double($0)) }, pieces: pieces, tables: tables,
        name: node.name, inputs: builder.inputs(of: node), output: builder.tensor(output))
    }
  }

  /// The boxes of all results.
  private func movedBoxes(_ node: Node, _ graph: Graph) -> [SwiftletGraph.CopyPiece] {
    movement.pieces(
      inputs: node.inputs.map { graph.shape(of: $0) },
      outputs: node.outputs.map { graph.shape(of: $0) })
  }
}

extension SwiftletGraph.CopyPiece {
  /// The same movement with at least one dimension and no step backwards: where there is one, each
  /// index of its dimension is a box of its own.
  fileprivate var expressible: [SwiftletGraph.CopyPiece] {
    if sizes.isEmpty {
      var piece = self
      (piece.sizes, piece.inputStrides, piece.outputStrides) = ([1], [1], [1])
      return [piece]
    }
    guard let dimension = inputStrides.firstIndex(where: { $0 < 0 }) else { return [self] }
    return (0..<sizes[dimension]).flatMap { index in
      var piece = self
      piece.sizes[dimension] = 1
      piece.inputStart += index * inputStrides[dimension]
      piece.outputStart += index * outputStrides[dimension]
      piece.inputStrides[dimension] = 1
      return piece.expressible
    }
  }

  /// How many boxes `expressible` are.
  fileprivate var expressibleCount: Int {
    zip(sizes, inputStrides).reduce(1) { $0 * ($1.1 < 0 ? $1.0 : 1) }
  }
}
