import SwiftletGraph

extension ONNXOperator {
  /// What is known before the network runs: constants and the arithmetic of shapes.
  static let constants = [
    ONNXOperator("Constant", constant),
    ONNXOperator("ConstantOfShape", since: 9, constantOfShape),
    ONNXOperator("Shape", shape),
    ONNXOperator("Size", size),
    ONNXOperator("Range", since: 11, range),
    ONNXOperator("Expand", since: 8, expand),
    ONNXOperator("Tile", since: 6, tile),
    ONNXOperator("Where", since: 9, choice),
    ONNXOperator("Equal", since: 7, comparison({ $0 == $1 }, { $0 == $1 })),
    ONNXOperator("Greater", since: 7, comparison({ $0 > $1 }, { $0 > $1 })),
    ONNXOperator("Less", since: 7, comparison({ $0 < $1 }, { $0 < $1 })),
    ONNXOperator("GreaterOrEqual", since: 12, comparison({ $0 >= $1 }, { $0 >= $1 })),
    ONNXOperator("LessOrEqual", since: 12, comparison({ $0 <= $1 }, { $0 <= $1 })),
    ONNXOperator("And", since: 7, comparison({ $0 != 0 && $1 != 0 }, { $0 != 0 && $1 != 0 })),
    ONNXOperator("Or", since: 7, comparison({ $0 != 0 || $1 != 0 }, { $0 != 0 || $1 != 0 })),
    ONNXOperator("Not", each({ $0 == 0 ? 1 : 0 }, { $0 == 0 ? 1 : 0 })),
    ONNXOperator("Floor", since: 6, each({ $0 }, { $0.rounded(.down) })),
    ONNXOperator("Ceil", since: 6, each({ $0 }, { $0.rounded(.up) })),
    ONNXOperator("Abs", since: 6, each({ $0.magnitude > Int64.max ? $0 : abs($0) }, { abs($0) })),
    ONNXOperator("ReduceProd", reduceProduct),
  ]

  private static let constant: Append = { (builder, call) throws(ONNXProblem) in
    guard let (name, attribute) = call.node.attributes.first, call.node.attributes.count == 1 else {
      throw call.problem("it has \(call.node.attributes.count) attributes, one is expected")
    }
    switch attribute {
    case .tensor(let tensor): return [.tensor(tensor)]
    case .integer(let value): return [.array(ONNXArray([value], shape: []))]
    case .float(let value): return [.array(ONNXArray([value], shape: []))]
    case .integers(let values): return [.array(ONNXArray(values, shape: [values.count]))]
    case .floats(let values): return [.array(ONNXArray(values, shape: [values.count]))]
    case .text, .texts, .graph, .reference, .other:
      throw call.unsupported("attribute \(quoted(name.text)) holds no numbers")
    }
  }

  private static let constantOfShape: Append = { (builder, call) throws(ONNXProblem) in
    let shape = try builder.integers(0, of: call)
    let count = try checkedCount(shape, call)
    guard case .tensor(let tensor)? = call.node.attributes[FileName("value")] else {
      return [.array(ONNXArray([Float](repeating: 0, count: count), shape: shape))]
    }
    let value = try builder.array(tensor)
    guard value.count == 1 else { throw call.problem("attribute value is no single number") }
    return [.array(value.elements([Int](repeating: 0, count: count), shape: shape))]
  }

  /// All shapes are known.
  private static let shape: Append = { (builder, call) throws(ONNXProblem) in
    let shape = builder.shape(of: try call.input(0))
    func inside(_ place: Int) -> Int {
      min(max(place < 0 ? place + shape.count : place, 0), shape.count)
    }
    let start = inside(try call.integer("start", default: 0))
    let end = inside(try call.integer("end", default: shape.count))
    return [.array(ONNXArray(start < end ? Array(shape[start..<end]) : []))]
  }

  private static let size: Append = { (builder, call) throws(ONNXProblem) in
    let count = builder.shape(of: try call.input(0)).reduce(1, *)
    return [.array(ONNXArray([Int64(count)], shape: []))]
  }

  private static let range: Append = { (builder, call) throws(ONNXProblem) in
    guard let arrays = try builder.arrays(of: call), arrays.count == 3,
      arrays.allSatisfy({ $0.count == 1 })
    else { throw call.unsupported("start, limit and delta must be constant numbers") }
    let numbers = arrays.map { Double($0.floats[0]) }
    let length = ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up)
    guard length.isFinite, length <= Double(ONNXArray.largest) else {
      throw call.problem("a range from \(numbers[0]) to \(numbers[1]) by \(numbers[2])")
    }
    let count = max(0, Int(length))
    if let integers = arrays[0].integers, let steps = arrays[2].integers {
      return [
        .array(ONNXArray((0..<count).map { integers[0] &+ Int64($0) &* steps[0] }, shape: [count]))
      ]
    }
    return [
      .array(
        ONNXArray((0..<count).map { Float(numbers[0] + Double($0) * numbers[2]) }, shape: [count]))
    ]
  }

  private static let expand: Append = { (builder, call) throws(ONNXProblem) in
    let wanted = try builder.integers(1, of: call)
    let shape = try ONNXArray.broadcast(builder.shape(of: try call.input(0)), wanted, call)
    if builder.shape(of: try call.input(0)) == shape { return [try call.input(0)] }
    guard let array = try builder.array(0, of: call) else {
      let value = try builder.graphValue(0, of: call)
      return [try builder.add(.expand(Expand(to: shape)), [value], for: call)]
    }
    return [.array(array.elements(ONNXArray.places(array.shape, in: shape), shape: shape))]
  }

  private static let tile: Append = { (builder, call) throws(ONNXProblem) in
    let repeats = try builder.integers(1, of: call)
    if repeats.allSatisfy({ $0 == 1 }) { return [try call.input(0)] }
    throw call.unsupported("repeats of 1 are accepted")
  }

  private static let choice: Append = { (builder, call) throws(ONNXProblem) in
    guard let arrays = try builder.arrays(of: call), arrays.count == 3 else {
      throw call.unsupported("constants are accepted")
    }
    let shape = try ONNXArray.broadcast(
      try ONNXArray.broadcast(arrays[0].shape, arrays[1].shape, call), arrays[2].shape, call)
    let places = arrays.map { ONNXArray.places($0.shape, in: shape) }
    let isFirst = arrays[0].floats
    if let x = arrays[1].integers, let y = arrays[2].integers {
      let values = places[0].indices.map {
        isFirst[places[0][$0]] != 0 ? x[places[1][$0]] : y[places[2][$0]]
      }
      return [.array(ONNXArray(values, shape: shape))]
    }
    let (x, y) = (arrays[1].floats, arrays[2].floats)
    let values = places[0].indices.map {
      isFirst[places[0][$0]] != 0 ? x[places[1][$0]] : y[places[2][$0]]
    }
    return [.array(ONNXArray(values, shape: shape))]
  }

  private static func comparison(
    _ integers: @escaping @Sendable (Int64, Int64) -> Bool,
    _ floats: @escaping @Sendable (Float, Float) -> Bool
  ) -> Append {
    { (builder, call) throws(ONNXProblem) in
      guard let arrays = try builder.arrays(of: call), arrays.count == 2 else {
        throw call.unsupported("constants are accepted")
      }
      var result = try ONNXArray.combined(
        arrays[0], arrays[1], call, { integers($0, $1) ? 1 : 0 }, { floats($0, $1) ? 1 : 0 })
      result.contents = .integers(result.floats.map { Int64($0) })
      result.type = .bool
      return [.array(result)]
    }
  }

  private static func each(
    _ integer: @escaping @Sendable (Int64) -> Int64, _ float: @escaping @Sendable (Float) -> Float
  ) -> Append {
    { (builder, call) throws(ONNXProblem) in
      if let known = try builder.known(call, integer, float) { return [known] }
      throw call.unsupported("constants are accepted")
    }
  }

  private static let reduceProduct: Append = { (builder, call) throws(ONNXProblem) in
    guard let array = try builder.array(0, of: call), let values = array.integers,
      array.shape.count <= 1
    else { throw call.unsupported("lists of constant integers are accepted") }
    let product: Int64 = values.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let keeps = try call.flag("keepdims", default: true)
    return [.array(ONNXArray([product] as [Int64], shape: keeps ? [1] : []))]
  }

  /// How many elements a shape has, if they are not too many.
  private static func checkedCount(_ shape: [Int], _ call: ONNXCall) throws(ONNXProblem) -> Int {
    _ = try ONNXArray.broadcast(shape, [], call)
    guard shape.allSatisfy({ $0 >= 0 }) else { throw call.problem("\(shape) is no shape") }
    return shape.reduce(1, *)
  }
}
