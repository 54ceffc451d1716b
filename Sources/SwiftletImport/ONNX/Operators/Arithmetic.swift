import SwiftletGraph

extension ONNXOperator {
  /// What is computed from two values element by element, and from constants.
  static let arithmetic = [
    ONNXOperator("Add", since: 7, sum),
    ONNXOperator("Sub", since: 7, difference),
    ONNXOperator("Mul", since: 7, product),
    ONNXOperator("Div", since: 7, quotient),
    ONNXOperator("Sum", since: 6, sums),
    ONNXOperator("Neg", since: 6, negative),
    ONNXOperator("Min", since: 6, bound(isLeast: true)),
    ONNXOperator("Max", since: 6, bound(isLeast: false)),
    ONNXOperator("Sqrt", since: 6, root),
    ONNXOperator("Pow", since: 7, power),
    ONNXOperator("Reciprocal", since: 6, reciprocal),
  ]

  private static let sum: Append = { (builder, call) throws(ONNXProblem) in
    if let known = try builder.known(call, { $0 &+ $1 }, { $0 + $1 }) { return [known] }
    return [try builder.combined(.add(Add()), call)]
  }

  private static let product: Append = { (builder, call) throws(ONNXProblem) in
    if let known = try builder.known(call, { $0 &* $1 }, { $0 * $1 }) { return [known] }
    return [try builder.combined(.multiply(Multiply()), call)]
  }

  /// a − b is a + (−1) · b.
  private static let difference: Append = { (builder, call) throws(ONNXProblem) in
    if let known = try builder.known(call, { $0 &- $1 }, { $0 - $1 }) { return [known] }
    if let constant = try builder.array(1, of: call) {
      let negative = ONNXArray(constant.floats.map { -$0 }, shape: constant.shape)
      return [try builder.combined(.add(Add()), call, second: negative)]
    }
    let first = try builder.graphValue(0, of: call)
    let minus = try builder.constant(ONNXArray([Float(-1)], shape: []), named: "-1", of: call)
    let second = try builder.append(
      .multiply(Multiply()), [try builder.graphValue(1, of: call), minus], for: call,
      suffix: "negative")
    return [try builder.add(.add(Add()), [first, second], for: call)]
  }

  private static let quotient: Append = { (builder, call) throws(ONNXProblem) in
    let operands = [try call.input(0), try call.input(1)]
    if let divisor = try builder.array(1, of: call), divisor.integers?.contains(0) == true {
      throw call.problem("it divides by 0")
    }
    if let known = try builder.known(call, { $0 / $1 }, { $0 / $1 }) { return [known] }
    guard case .value = operands[0], let divisor = try builder.array(1, of: call) else {
      throw call.unsupported("the divisor must be a constant")
    }
    let inverse = ONNXArray(divisor.floats.map { 1 / $0 }, shape: divisor.shape)
    guard inverse.floats.allSatisfy(\.isFinite) else { throw call.problem("it divides by 0") }
    return [try builder.combined(.multiply(Multiply()), call, second: inverse)]
  }

  private static let sums: Append = { (builder, call) throws(ONNXProblem) in
    var total = try call.input(0)
    for input in call.inputs.indices.dropFirst() {
      let step = call.reading([
        (FileName(""), total), (call.node.inputs[input], try call.input(input)),
      ])
      total = try sum(&builder, step)[0]
    }
    return [total]
  }

  private static let negative: Append = { (builder, call) throws(ONNXProblem) in
    if let known = try builder.known(call, { 0 &- $0 }, { -$0 }) { return [known] }
    return [
      try builder.combined(.multiply(Multiply()), call, second: ONNXArray([Float(-1)], shape: []))
    ]
  }

  /// The least or greatest: of a value and a constant a clamp, of two values b − relu(b − a) or
  /// b + relu(a − b), of more one after the other.
  private static func bound(isLeast: Bool) -> Append {
    { (builder, call) throws(ONNXProblem) in
      if call.inputs.count == 1 { return [try call.input(0)] }
      if call.inputs.count > 2 {
        let first = call.reading([0, 1].map { (call.node.inputs[$0], call.inputs[$0]) })
        var operands = [(FileName(""), try bound(isLeast: isLeast)(&builder, first)[0])]
        operands += (2..<call.inputs.count).compactMap { place in
          call.inputs[place].map { (call.node.inputs[place], $0) }
        }
        return try bound(isLeast: isLeast)(&builder, call.reading(operands))
      }
      let known =
        isLeast
        ? try builder.known(call, { Swift.min($0, $1) }, { Swift.min($0, $1) })
        : try builder.known(call, { Swift.max($0, $1) }, { Swift.max($0, $1) })
      if let known { return [known] }
      let arrays = [try builder.array(0, of: call), try builder.array(1, of: call)]
      guard let place = arrays.firstIndex(where: { $0 != nil }), let constant = arrays[place],
        constant.count == 1
      else { return [try builder.bounded(call, isLeast: isLeast)] }
      let flipped = call.reading(only: 1 - place)
      let bound = constant.floats[0]
      return [
        isLeast
          ? try builder.clipped(flipped, -Float.infinity, bound)
          : try builder.clipped(flipped, bound, Float.infinity)
      ]
    }
  }

  private static let root: Append = { (builder, call) throws(ONNXProblem) in
    if let known = try builder.known(call, { $0 }, { $0.squareRoot() }) { return [known] }
    throw call.unsupported("roots of constants are accepted")
  }

  private static let reciprocal: Append = { (builder, call) throws(ONNXProblem) in
    if let known = try builder.known(call, { $0 }, { 1 / $0 }) { return [known] }
    throw call.unsupported("reciprocals of constants are accepted")
  }

  private static let power: Append = { (builder, call) throws(ONNXProblem) in
    guard let exponent = try builder.array(1, of: call)?.floats, exponent.count == 1 else {
      throw call.unsupported("the exponent must be a constant number")
    }
    let base = call.reading(only: 0)
    switch exponent[0] {
    case 1: return [try call.input(0)]
    case 2:
      if let known = try builder.known(base, { $0 &* $0 }, { $0 * $0 }) { return [known] }
      let value = try builder.graphValue(0, of: call)
      return [try builder.add(.multiply(Multiply()), [value, value], for: call)]
    case 3:
      if let known = try builder.known(base, { $0 &* $0 &* $0 }, { $0 * $0 * $0 }) {
        return [known]
      }
      let value = try builder.graphValue(0, of: call)
      let square = try builder.append(
        .multiply(Multiply()), [value, value], for: call, suffix: "square")
      return [try builder.add(.multiply(Multiply()), [square, value], for: call)]
    case 0.5: return try root(&builder, base)
    case -1: return try reciprocal(&builder, base)
    default:
      throw call.unsupported("the exponents 1, 2 and 3 are accepted, of constants −1 and 0.5 too")
    }
  }
}

extension ONNXBuilder {
  /// The least or greatest of two values, element by element.
  fileprivate mutating func bounded(
    _ call: ONNXCall, isLeast: Bool
  ) throws(ONNXProblem) -> ONNXValue {
    let (a, b) = (try graphValue(0, of: call), try graphValue(1, of: call))
    let minus = try constant(ONNXArray([Float(-1)], shape: []), named: "-1", of: call)
    let other = try append(
      .multiply(Multiply()), [isLeast ? a : b, minus], for: call, suffix: "negative")
    let distance = try append(
      .add(Add()), [isLeast ? b : a, other], for: call, suffix: "difference")
    var part = try append(.activation(.relu), [distance], for: call, suffix: "above")
    if isLeast {
      part = try append(.multiply(Multiply()), [part, minus], for: call, suffix: "below")
    }
    return try add(.add(Add()), [b, part], for: call)
  }

  /// Appends an operation of two operands, of which one may be a constant; `second` replaces the second.
  mutating func combined(
    _ operation: Operation, _ call: ONNXCall, second: ONNXArray? = nil
  ) throws(ONNXProblem) -> ONNXValue {
    let first = try graphValue(0, of: call)
    let name = call.node.inputs.count > 1 ? call.node.inputs[1].text : call.name
    let other =
      if let second {
        try constant(second, named: name, of: call)
      } else {
        try graphValue(1, of: call)
      }
    return try add(operation, [first, other], for: call)
  }

  /// The result of a function of one or two operands that are all known now; nil if they are not.
  mutating func known(
    _ call: ONNXCall, _ integers: (Int64, Int64) -> Int64, _ floats: (Float, Float) -> Float
  ) throws(ONNXProblem) -> ONNXValue? {
    guard let arrays = try arrays(of: call) else { return nil }
    guard arrays.count == 2 else { throw call.problem("it has two inputs") }
    return .array(try ONNXArray.combined(arrays[0], arrays[1], call, integers, floats))
  }

  /// The same for one operand.
  mutating func known(
    _ call: ONNXCall, _ integer: (Int64) -> Int64, _ float: (Float) -> Float
  ) throws(ONNXProblem) -> ONNXValue? {
    guard let array = try array(0, of: call) else { return nil }
    var result = array
    result.levels = nil
    switch array.contents {
    case .floats(let values): result.contents = .floats(values.map(float))
    case .integers(let values): result.contents = .integers(values.map(integer))
    }
    return .array(result)
  }
}
