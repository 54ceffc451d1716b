import SwiftletGraph

extension ONNXOperator {
  /// What stands at the end of networks.
  static let results = [
    ONNXOperator("Softmax", softmax),
    ONNXOperator("LogSoftmax", softmax),
    ONNXOperator("ArgMax", best(results: 1)),
    ONNXOperator("TopK", best(results: 2)),
  ]

  /// Which elements are the greatest: what a program asks of the scores, which stay the output.
  private static func best(results: Int) -> Append {
    { (builder, call) throws(ONNXProblem) in
      guard case .value(let value) = try call.input(0) else {
        throw call.unsupported("it is of a constant")
      }
      let input = builder.shape(of: .value(value))
      let usual = results == 1 ? 0 : -1
      let axis = try call.dimension(try call.integer("axis", default: usual), rank: input.count)
      let isGreatest = try call.flag("largest", default: true)
      guard isGreatest, axis == 1 || axis == input.count - 1 else {
        throw call.unsupported(
          "axis \(axis) of \(input), \(isGreatest ? "largest" : "smallest") first; the largest of the channels or "
            + "of the last dimension are accepted")
      }
      builder.notes.append(
        "\(call.node.operation.text) \(call.name) is left out: the bundle's outputs are the scores")
      return [ONNXValue](repeating: .scores(value), count: results)
    }
  }

  /// Over the channels, or its logarithm.
  private static let softmax: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let axis = try call.dimension(
      try call.integer("axis", default: call.version < 13 ? 1 : -1), rank: input.count)
    // Before version 13 everything from the axis on was one row.
    let isRow = call.version < 13 && input[axis...].dropFirst().allSatisfy { $0 == 1 }
    guard call.version >= 13 || isRow else {
      throw call.unsupported("axis \(axis) of \(input); a softmax of one dimension is accepted")
    }
    // Its results are all 1, and not to be left out at the end as presentation.
    let isOverOne = input[axis] == 1 && input.contains { $0 > 1 }
    let isAlongClasses = axis == 1 || axis == input.count - 1
    guard !isOverOne, isAlongClasses else {
      throw call.unsupported(
        "axis \(axis) of \(input); the channels of an image or the last dimension are accepted")
    }
    let softmax = Softmax(
      axis: axis == input.count - 1 ? -1 : axis,
      isLogarithm: call.node.operation.text == "LogSoftmax")
    return [try builder.add(.softmax(softmax), [try builder.graphValue(0, of: call)], for: call)]
  }
}
