import SwiftletGraph

extension ONNXOperator {
  /// What changes a value's extents and leaves its elements in their order.
  static let shapes = [
    ONNXOperator("Reshape", since: 5, reshape),
    ONNXOperator("Flatten", flatten),
    ONNXOperator("Squeeze", squeeze),
    ONNXOperator("Unsqueeze", unsqueeze),
    ONNXOperator("Identity", same),
    ONNXOperator("Dropout", dropout),
    ONNXOperator("Cast", cast),
  ]

  private static let reshape: Append = { (builder, call) throws(ONNXProblem) in
    let value = try call.input(0)
    let input = builder.shape(of: value)
    var shape = try builder.integers(1, of: call)
    if try !call.flag("allowzero") {
      for index in shape.indices where shape[index] == 0 {
        guard index < input.count else {
          throw call.problem("extent 0 stands for none of \(input)")
        }
        shape[index] = input[index]
      }
    }
    let known = shape.filter { $0 != -1 }
    guard shape.count - known.count <= 1, known.allSatisfy({ $0 >= 0 }) else {
      throw call.problem("\(shape) is no shape")
    }
    if let open = shape.firstIndex(of: -1) {
      let product = known.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
      let count = input.reduce(1, *)
      guard product > 0, count % product == 0 else {
        throw call.problem("\(input) cannot be made \(shape)")
      }
      shape[open] = count / product
    }
    return [try builder.reshaped(value, to: shape, for: call)]
  }

  private static let flatten: Append = { (builder, call) throws(ONNXProblem) in
    let value = try call.input(0)
    let input = builder.shape(of: value)
    let axis = try call.integer("axis", default: 1)
    let dimension = axis == input.count ? axis : try call.dimension(axis, rank: max(input.count, 1))
    let shape = [input[..<dimension].reduce(1, *), input[dimension...].reduce(1, *)]
    return [try builder.reshaped(value, to: shape, for: call)]
  }

  private static let squeeze: Append = { (builder, call) throws(ONNXProblem) in
    let value = try call.input(0)
    let input = builder.shape(of: value)
    var gone: Set<Int> = []
    if let axes = try builder.integers("axes", orInput: 1, of: call) {
      for axis in axes { gone.insert(try call.dimension(axis, rank: input.count)) }
    } else {
      gone = Set(input.indices.filter { input[$0] == 1 })
    }
    guard gone.allSatisfy({ input[$0] == 1 }) else {
      throw call.problem("only extents of 1 can be left out of \(input)")
    }
    let shape = input.indices.filter { !gone.contains($0) }.map { input[$0] }
    return [try builder.reshaped(value, to: shape, for: call)]
  }

  private static let unsqueeze: Append = { (builder, call) throws(ONNXProblem) in
    let value = try call.input(0)
    let input = builder.shape(of: value)
    let axes = try builder.integers("axes", orInput: 1, of: call) ?? []
    let rank = input.count + axes.count
    var new: Set<Int> = []
    for axis in axes { new.insert(try call.dimension(axis, rank: rank)) }
    guard new.count == axes.count else { throw call.problem("\(axes) names a dimension twice") }
    var rest = input.makeIterator()
    let shape = (0..<rank).map { new.contains($0) ? 1 : rest.next() ?? 1 }
    return [try builder.reshaped(value, to: shape, for: call)]
  }

  private static let same: Append = { (_, call) throws(ONNXProblem) in
    if case .scores(let value)?? = call.inputs.first { return [.scores(value)] }
    return [try call.input(0)]
  }

  /// Dropout is for training; its second result, a mask, is not computed.
  private static let dropout: Append = { (builder, call) throws(ONNXProblem) in
    if call.has(2), try builder.array(2, of: call)?.integers?.first != 0 {
      throw call.unsupported("it is in training mode; export the network for inference (eval)")
    }
    return [try call.input(0)]
  }

  private static let cast: Append = { (builder, call) throws(ONNXProblem) in
    let number = try call.integer("to", default: 1)
    guard let type = ONNXType(rawValue: number), type != .string else {
      throw call.unsupported("type \(number) is not read")
    }
    if case .scores(let value)?? = call.inputs.first { return [.scores(value)] }
    if let array = try builder.array(0, of: call) { return [.array(array.cast(to: type))] }
    guard type.isFloat else {
      throw call.unsupported("what the network computes may be cast to floats only")
    }
    return [try call.input(0)]
  }
}

extension ONNXBuilder {
  /// The elements of a value under another shape.
  mutating func reshaped(
    _ value: ONNXValue, to shape: [Int], for call: ONNXCall, suffix: String = ""
  ) throws(ONNXProblem) -> ONNXValue {
    let found = self.shape(of: value)
    if found == shape { return value }
    guard found.reduce(1, *) == shape.reduce(1, *) else {
      throw call.problem("\(found) and \(shape) have different numbers of elements")
    }
    switch value {
    case .tensor(let tensor): return .array(try array(tensor).reshaped(shape))
    case .array(let array): return .array(array.reshaped(shape))
    case .value(let value), .scores(let value):
      let isVector = shape.count == 2 && shape[0] == 1
      return try add(
        isVector ? .flatten(Flatten()) : .reshape(Reshape(to: Shape(shape))), [value], for: call,
        suffix: suffix)
    }
  }
}

extension ONNXArray {
  /// The same numbers as another type; fractions are cut off.
  fileprivate func cast(to type: ONNXType) -> ONNXArray {
    var result = self
    result.type = type
    switch (contents, type.isFloat) {
    case (.floats, true): break
    case (.integers(let values), true): result.contents = .floats(values.map { Float($0) })
    case (.floats(let values), false):
      result.contents = .integers(
        values.map { value in
          if type == .bool { return value == 0 ? 0 : 1 }
          return Int64(exactly: value.rounded(.towardZero)) ?? (value > 0 ? .max : .min)
        })
    case (.integers(let values), false):
      if type == .bool { result.contents = .integers(values.map { $0 == 0 ? 0 : 1 }) }
    }
    return result
  }
}
