/// e^x divided by the sum of e^x along one dimension.
public struct Softmax: Sendable {
  /// The dimension; negative ones count from the end.
  public var axis: Int

  /// A softmax along a dimension.
  public init(axis: Int) {
    self.axis = axis
  }

  /// A softmax over the channels of an image or a vector.
  public init(layout: ImageLayout = .channelsFirst) {
    self.init(axis: layout == .channelsFirst ? 1 : -1)
  }
}

extension Softmax: OperationDefinition {
  package var name: String { "softmax" }
  package var details: String { axis == 1 || axis == -1 ? "" : "axis \(axis)" }

  package var layoutRule: LayoutRule {
    let axis = axis
    return .dimensions { order in
      order.firstIndex(of: Shape.dimension(axis: axis, rank: order.count))
        .map { .softmax(Softmax(axis: $0 == order.count - 1 ? -1 : $0)) }
    }
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    _ = try input.dimension(axis: axis)
    return [input]
  }

  /// Subtracts the greatest first, so that nothing overflows. A row with NaN is all NaN.
  package func prepared(_ context: Preparation) -> PreparedOperation {
    let shape = context.inputs[0]
    let dimension = Shape.dimension(axis: axis, rank: shape.rank)
    let count = shape[dimension]
    let step = shape.strides[dimension]
    return PreparedOperation(allowsInPlace: true) { inputs, outputs, workers in
      workers.forEachRange(shape.count / count, grain: max(1, Workers.elementsPerTask / count)) {
        for row in $0 {
          let start = row / step * step * count + row % step
          let (source, target) = (inputs[0] + start, outputs[0] + start)
          if step == 1 {
            Self.compute(source, target, count)
          } else {
            Self.compute(source, target, count, step: step)
          }
        }
      }
    }
  }

  private static func compute(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var largest = -Float.infinity
    for index in 0..<count { largest = max(largest, source[index]) }
    var sum: Float = 0
    for index in stride(from: 0, to: count, by: Vector.scalarCount) {
      let lanes = min(Vector.scalarCount, count - index)
      let power = (source.vector(index, count: lanes) - largest).exponential
      target.store(power, index, count: lanes)
      for lane in 0..<lanes { sum += power[lane] }
    }
    for index in 0..<count { target[index] /= sum }
  }

  /// The same for elements that are apart.
  private static func compute(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int, step: Int
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { row in
      guard let row = row.baseAddress else { return }
      for index in 0..<count { row[index] = source[index * step] }
      compute(UnsafePointer(row), row + count, count)
      for index in 0..<count { target[index * step] = row[count + index] }
    }
  }
}
