import SwiftletGraph

extension ONNXOperator {
  /// QDQ: what rounds values to integers and makes them real numbers again.
  static let roundings: [ONNXOperator] = ["", "com.microsoft"].flatMap(forms)

  private static func forms(_ domain: String) -> [ONNXOperator] {
    [
      ONNXOperator("QuantizeLinear", domain: domain, quantize),
      ONNXOperator("DequantizeLinear", domain: domain, dequantize),
      ONNXOperator("DynamicQuantizeLinear", domain: domain, dynamic),
    ]
  }

  private static let quantize: Append = { (builder, call) throws(ONNXProblem) in
    let scales = try builder.scales(1, zeroPoint: 2, of: call)
    if let array = try builder.array(0, of: call) {
      return [.array(try scales.quantized(array, call))]
    }
    return [.value(try builder.rounded(try call.input(0), as: scales, for: call))]
  }

  private static let dequantize: Append = { (builder, call) throws(ONNXProblem) in
    let scales = try builder.scales(1, zeroPoint: 2, of: call)
    switch try call.input(0) {
    case .tensor(let tensor): return [.array(try scales.real(try builder.array(tensor), call))]
    case .array(let array): return [.array(try scales.real(array, call))]
    case .value, .scores: return [.value(try builder.real(0, as: scales, of: call))]
    }
  }

  private static let dynamic: Append = { (_, call) throws(ONNXProblem) in
    throw call.unsupported(
      "its scales are found while the network runs; quantize statically, or give the float model")
  }
}

/// Scales and zero points of one quantized value.
struct ONNXScales {
  /// One, or one for each element of a dimension.
  var scales: [Float]
  /// As many.
  var zeroPoints: [Int]
  /// Of the integers; nil if the zero point does not say.
  var type: ONNXType?
  /// The dimension that several belong to.
  var axis = 1
}

extension ONNXBuilder {
  /// The scales that two inputs state, the second of which may be missing.
  mutating func scales(
    _ scale: Int, zeroPoint: Int, of call: ONNXCall
  ) throws(ONNXProblem) -> ONNXScales {
    guard let array = try array(scale, of: call) else {
      throw call.unsupported("its scale must be a constant")
    }
    guard try call.integer("block_size", default: 0) == 0, array.shape.count <= 1 else {
      throw call.unsupported("scales of blocks; one, or one a channel, is accepted")
    }
    let scales = array.floats
    guard !scales.isEmpty, scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw call.problem("a scale is not above 0")
    }
    var result = ONNXScales(
      scales: scales, zeroPoints: [Int](repeating: 0, count: scales.count),
      axis: try call.integer("axis", default: 1))
    if call.has(zeroPoint) {
      guard let zeros = try self.array(zeroPoint, of: call) else {
        throw call.unsupported("its zero point must be a constant")
      }
      guard zeros.count == scales.count, let values = zeros.integers else {
        throw call.problem("\(zeros.count) zero points for \(scales.count) scales")
      }
      result.zeroPoints = values.map { Int($0) }
      result.type = zeros.type
    }
    return result
  }

  /// What the network computes, rounded to levels, as the real numbers that they mean. What was rounded
  /// just so before stays as it is.
  mutating func rounded(
    _ value: ONNXValue, as scales: ONNXScales, for call: ONNXCall, suffix: String = ""
  ) throws(ONNXProblem) -> ValueID {
    guard case .value(let value) = value else { throw call.problem("it has a constant input") }
    let rounding = try scales.rounding(call)
    if self.rounding(of: value) == rounding { return value }
    return try append(.fakeQuantize(rounding), [value], for: call, suffix: suffix)
  }

  /// The real numbers of a quantized value that the network computes.
  mutating func real(
    _ input: Int, as scales: ONNXScales, of call: ONNXCall
  ) throws(ONNXProblem) -> ValueID {
    guard case .value(let value) = try call.input(input) else {
      throw call.problem("input \(input + 1) is a constant")
    }
    guard let known = rounding(of: value) else {
      // An input of the network, whose levels a pixel of 0…255 is.
      let rounding = try scales.rounding(call)
      let mean = Double(rounding.zeroPoint + 128) / 255
      notes.append(
        "input \(quoted(call.node.inputs[input].text)) is of bytes, which the model takes for numbers: where they are "
          + "pixels of 0…255, --mean is \(Float(mean)) and --std \(Float(1 / (255 * Double(rounding.scale)))) for "
          + "each channel")
      return try rounded(.value(value), as: scales, for: call, suffix: "input\(input + 1)")
    }
    guard known == (try scales.rounding(call)) else {
      throw call.unsupported(
        "input \(input + 1) was quantized with other numbers than it is read with")
    }
    return value
  }
}

extension ONNXScales {
  /// The rounding of activations. Where no zero point states a type, integers are unsigned.
  func rounding(_ call: ONNXCall) throws(ONNXProblem) -> FakeQuantize {
    guard scales.allSatisfy({ $0 == scales[0] }), zeroPoints.allSatisfy({ $0 == zeroPoints[0] })
    else {
      throw call.unsupported(
        "\(scales.count) scales for what the network computes; one is accepted")
    }
    let offset: Int
    switch type {
    case .uint8, nil: offset = 128
    case .int8: offset = 0
    case let other?:
      throw call.unsupported("activations of type \(other); int8 and uint8 are accepted")
    }
    let zeroPoint = zeroPoints[0] - offset
    guard (-128...127).contains(zeroPoint) else {
      throw call.problem("zero point \(zeroPoints[0]) is none of its levels")
    }
    return FakeQuantize(scale: scales[0], zeroPoint: zeroPoint)
  }

  /// What integers mean: scale · (q − zero point).
  func real(_ array: ONNXArray, _ call: ONNXCall) throws(ONNXProblem) -> ONNXArray {
    guard let integers = array.integers else {
      throw call.unsupported("its input is of floats; integers are accepted")
    }
    let (step, count, dimension) = try places(array, call)
    var result = array
    result.type = .float32
    // Only what fits 127 levels a side can be kept as it is.
    var fits = true
    result.contents = .floats(
      integers.indices.map { index in
        let place = count == 1 ? 0 : index / step % count
        let level = integers[index] - Int64(zeroPoints[place])
        if level < -127 || level > 127 { fits = false }
        return scales[place] * Float(level)
      })
    result.levels = fits ? ONNXArray.Levels(scales: scales, axis: dimension) : nil
    return result
  }

  /// The levels of real numbers, which are constants.
  func quantized(_ array: ONNXArray, _ call: ONNXCall) throws(ONNXProblem) -> ONNXArray {
    let (step, count, _) = try places(array, call)
    let type = type ?? .uint8
    guard let range = type.levels else {
      throw call.unsupported("constants of type \(type); int8, uint8 and int32 are accepted")
    }
    let values = array.floats
    var result = array
    (result.type, result.levels) = (type, nil)
    result.contents = .integers(
      values.indices.map { index in
        let place = count == 1 ? 0 : index / step % count
        let level =
          Double(values[index] / scales[place]).rounded(.toNearestOrEven)
          + Double(zeroPoints[place])
        return Int64(min(max(level, range.lowerBound), range.upperBound))
      })
    guard values.allSatisfy(\.isFinite) else { throw call.problem("its input is not finite") }
    return result
  }

  /// Which scale belongs to an element: number index / step % count, along a dimension.
  private func places(
    _ array: ONNXArray, _ call: ONNXCall
  ) throws(ONNXProblem) -> (step: Int, count: Int, dimension: Int) {
    guard scales.count > 1 else { return (1, 1, 0) }
    let dimension = try call.dimension(axis, rank: array.shape.count)
    guard array.shape[dimension] == scales.count else {
      throw call.problem(
        "\(scales.count) scales for axis \(dimension) of a constant of the shape \(array.shape)")
    }
    return (array.shape[(dimension + 1)...].reduce(1, *), scales.count, dimension)
  }
}

extension ONNXArray {
  /// The scale of each output channel's weights, if they are whole multiples of those.
  func scales(ofChannels count: Int, axis: Int) -> [Float]? {
    guard let levels else { return nil }
    if levels.scales.count == 1 { return [Float](repeating: levels.scales[0], count: count) }
    return levels.axis == axis && levels.scales.count == count ? levels.scales : nil
  }
}

extension ONNXType {
  /// The least and greatest integer that constants are quantized to; nil for other types.
  fileprivate var levels: ClosedRange<Double>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .int32: -2_147_483_648...2_147_483_647
    case .float32, .uint16, .int16, .int64, .string, .bool, .float16, .float64, .uint32, .uint64,
      .bfloat16:
      nil
    }
  }
}
