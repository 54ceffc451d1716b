import SwiftletPlatform

/// e^x divided by the sum of e^x along one dimension.
public struct Softmax: Sendable {
  /// The dimension; negative ones count from the end.
  public var axis: Int
  /// Whether the result is the logarithm of that.
  public var isLogarithm: Bool

  /// A softmax along a dimension.
  public init(axis: Int, isLogarithm: Bool = false) {
    self.axis = axis
    self.isLogarithm = isLogarithm
  }

  /// A softmax over the channels of an image or a vector.
  public init(layout: ImageLayout = .channelsFirst) {
    self.init(axis: layout == .channelsFirst ? 1 : -1)
  }
}

extension Softmax: OperationDefinition {
  package var name: String { isLogarithm ? "logSoftmax" : "softmax" }
  package var details: String { axis == 1 || axis == -1 ? "" : "axis \(axis)" }

  package var layoutRule: LayoutRule {
    let (axis, isLogarithm) = (axis, isLogarithm)
    return .dimensions { order in
      order.firstIndex(of: Shape.dimension(axis: axis, rank: order.count))
        .map { .softmax(Softmax(axis: $0 == order.count - 1 ? -1 : $0, isLogarithm: isLogarithm)) }
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
    let isLogarithm = isLogarithm
    // The logarithm is computed from the inputs once more.
    return PreparedOperation(allowsInPlace: !isLogarithm) { inputs, outputs, workers in
      workers.forEachRange(shape.count / count, grain: max(1, Workers.elementsPerTask / count)) {
        for row in $0 {
          let start = row / step * step * count + row % step
          let (source, target) = (inputs[0] + start, outputs[0] + start)
          if step == 1 {
            Self.compute(source, target, count, isLogarithm)
          } else {
            Self.compute(source, target, count, isLogarithm, step: step)
          }
        }
      }
    }
  }

  private static func compute(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int,
    _ isLogarithm: Bool
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
    guard isLogarithm else {
      for index in 0..<count { target[index] /= sum }
      return
    }
    let shift = largest + Float(log(Double(sum)))
    for index in 0..<count { target[index] = source[index] - shift }
  }

  /// The same for elements that are apart.
  private static func compute(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int,
    _ isLogarithm: Bool, step: Int
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { row in
      guard let row = row.baseAddress else { return }
      for index in 0..<count { row[index] = source[index * step] }
      compute(UnsafePointer(row), row + count, count, isLogarithm)
      for index in 0..<count { target[index * step] = row[count + index] }
    }
  }
}
