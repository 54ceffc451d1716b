import SwiftletGraph

extension ONNXOperator {
  /// What stands at the end of networks.
  static let results = [
    ONNXOperator("Softmax", softmax),
    ONNXOperator("LogSoftmax", softmax),
  ]

  /// Over the channels; a logarithm of it would be presentation as well.
  private static let softmax: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let axis = try call.dimension(
      try call.integer("axis", default: call.version < 13 ? 1 : -1), rank: input.count)
    // Before version 13 everything from the axis on was one row.
    let isRow = call.version < 13 && input[axis...].dropFirst().allSatisfy { $0 == 1 }
    guard call.version >= 13 || isRow, call.node.operation.text == "Softmax" else {
      throw call.unsupported("axis \(axis) of \(input); a softmax of one dimension is accepted")
    }
    // Its results are all 1, and not to be left out at the end as presentation.
    let isOverOne = input[axis] == 1 && input.contains { $0 > 1 }
    let isAlongClasses = axis == 1 || axis == input.count - 1
    guard !isOverOne, isAlongClasses else {
      throw call.unsupported(
        "axis \(axis) of \(input); the channels of an image or the last dimension are accepted")
    }
    let softmax = Softmax(axis: axis == input.count - 1 ? -1 : axis)
    return [try builder.add(.softmax(softmax), [try builder.graphValue(0, of: call)], for: call)]
  }
}
