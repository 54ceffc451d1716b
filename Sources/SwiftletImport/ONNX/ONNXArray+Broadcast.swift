extension ONNXArray {
  /// The shape of what two arrays give element by element: extents are compared from the last on, and 1
  /// stands for any.
  ///
  /// - Throws: `ONNXProblem.node` when they do not go together, or the result would be too large.
  static func broadcast(
    _ a: [Int], _ b: [Int], _ call: ONNXCall
  ) throws(ONNXProblem) -> [Int] {
    let rank = max(a.count, b.count)
    let long = [a, b].map { [Int](repeating: 1, count: rank - $0.count) + $0 }
    var shape: [Int] = []
    var count = 1
    for (x, y) in zip(long[0], long[1]) {
      guard x == y || x == 1 || y == 1 else {
        throw call.problem("the shapes \(a) and \(b) do not go together")
      }
      let extent = x == 1 ? y : x
      guard extent >= 0 else { throw call.problem("\(b) is no shape") }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= largest else {
        throw call.unsupported("a constant of more than \(largest) elements would be computed")
      }
      count = product
      shape.append(extent)
    }
    return shape
  }

  /// For each element of a larger shape, its place in an array of a shape that stands for it.
  static func places(_ shape: [Int], in larger: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: larger.count)
    var stride = 1
    for (index, extent) in shape.enumerated().reversed() {
      let dimension = index + larger.count - shape.count
      strides[dimension] = extent == 1 ? 0 : stride
      stride *= extent
    }
    var places = [0]
    for (extent, stride) in zip(larger, strides) {
      places = places.flatMap { place in (0..<extent).map { place + $0 * stride } }
    }
    return places
  }

  /// The results of a function of two arrays' elements.
  static func combined(
    _ a: ONNXArray, _ b: ONNXArray, _ call: ONNXCall, _ integers: (Int64, Int64) -> Int64,
    _ floats: (Float, Float) -> Float
  ) throws(ONNXProblem) -> ONNXArray {
    let shape = try broadcast(a.shape, b.shape, call)
    let places = (Self.places(a.shape, in: shape), Self.places(b.shape, in: shape))
    if case .integers(let x) = a.contents, case .integers(let y) = b.contents {
      return ONNXArray(zip(places.0, places.1).map { integers(x[$0], y[$1]) }, shape: shape)
    }
    let (x, y) = (a.floats, b.floats)
    return ONNXArray(zip(places.0, places.1).map { floats(x[$0], y[$1]) }, shape: shape)
  }
}
