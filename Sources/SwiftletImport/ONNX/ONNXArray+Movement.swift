import SwiftletGraph

extension ONNXArray {
  /// What a slice takes of `size` elements: its first element and how many there are.
  static func range(_ size: Int, _ start: Int, _ end: Int, _ step: Int) -> (start: Int, count: Int)
  {
    func inside(_ place: Int, _ bounds: ClosedRange<Int>) -> Int {
      let place = place < 0 ? place.addingReportingOverflow(size).partialValue : place
      return min(max(place, bounds.lowerBound), bounds.upperBound)
    }
    if step > 0 {
      let (first, last) = (inside(start, 0...size), inside(end, 0...size))
      return (first, max(0, (last - first - 1) / step + (last > first ? 1 : 0)))
    }
    guard size > 0 else { return (0, 0) }
    let first = inside(start, 0...(size - 1))
    // −1 is before the first element here.
    let last = end < -size ? -1 : inside(end, -1...(size - 1))
    return (first, first > last ? (first - last - 1) / -step + 1 : 0)
  }

  /// Some of the elements along each dimension.
  func sliced(_ slice: Slice) -> ONNXArray {
    var places = [0]
    var stride = count
    for dimension in shape.indices {
      stride = shape[dimension] == 0 ? 0 : stride / shape[dimension]
      let step = stride
      places = places.flatMap { place in
        (0..<slice.sizes[dimension]).map {
          place + (slice.starts[dimension] + $0 * slice.steps[dimension]) * step
        }
      }
    }
    return elements(places, shape: slice.sizes)
  }

  /// The dimensions in another order.
  func transposed(_ order: [Int]) -> ONNXArray {
    let strides = Shape(shape).strides
    let shape = order.map { self.shape[$0] }
    var places = [0]
    for dimension in order {
      places = places.flatMap { place in
        (0..<self.shape[dimension]).map { place + $0 * strides[dimension] }
      }
    }
    return elements(places, shape: shape)
  }

  /// The elements at places along an axis.
  func gathered(
    _ indices: [Int], _ axis: Int, shape: [Int], _ call: ONNXCall
  ) throws(ONNXProblem) -> ONNXArray {
    let inner = self.shape[(axis + 1)...].reduce(1, *)
    let outer = self.shape[..<axis].reduce(1, *)
    let (row, overflow) = inner.multipliedReportingOverflow(by: indices.count)
    let (all, tooMany) = row.multipliedReportingOverflow(by: outer)
    guard !overflow, !tooMany, all <= Self.largest else {
      throw call.unsupported("a constant of more than \(Self.largest) elements would be computed")
    }
    let size = self.shape[axis]
    let places = (0..<outer).flatMap { block in
      indices.flatMap { index in
        (0..<inner).map { (block * size + index) * inner + $0 }
      }
    }
    return elements(places, shape: shape)
  }

  /// Arrays one after the other along an axis.
  static func joined(
    _ arrays: [ONNXArray], _ axis: Int, _ call: ONNXCall
  ) throws(ONNXProblem) -> ONNXArray {
    let first = arrays[0].shape
    let dimension = try call.dimension(axis, rank: first.count)
    var sum = 0
    for array in arrays {
      var expected = first
      guard array.shape.count == first.count else {
        throw call.problem("the shapes \(first) and \(array.shape) cannot be joined")
      }
      expected[dimension] = array.shape[dimension]
      guard array.shape == expected else {
        throw call.problem("the shapes \(first) and \(array.shape) cannot be joined")
      }
      sum += array.shape[dimension]
    }
    var shape = first
    shape[dimension] = sum
    let outer = first[..<dimension].reduce(1, *)
    let isOfIntegers = arrays.allSatisfy { $0.integers != nil }
    var floats: [Float] = []
    var integers: [Int64] = []
    let sources = arrays.map {
      (isOfIntegers ? [] : $0.floats, $0.integers ?? [], $0.count / max(outer, 1))
    }
    for block in 0..<outer {
      for (values, numbers, length) in sources {
        let range = block * length..<(block + 1) * length
        if isOfIntegers { integers += numbers[range] } else { floats += values[range] }
      }
    }
    return isOfIntegers
      ? ONNXArray(integers, shape: shape) : ONNXArray(floats, shape: shape)
  }
}
