import SwiftletGraph

extension ONNXOperator {
  /// Pools and reductions over whole images.
  static let pools = [
    ONNXOperator("MaxPool", maxPool),
    ONNXOperator("AveragePool", averagePool),
    ONNXOperator("GlobalAveragePool", globalAveragePool),
    ONNXOperator("GlobalMaxPool", globalMaxPool),
    ONNXOperator("ReduceMean", reduceMean),
    ONNXOperator("ReduceMax", reduceMax),
    ONNXOperator("ReduceSum", reduceSum),
  ]

  private static let maxPool: Append = { (builder, call) throws(ONNXProblem) in
    guard call.node.outputs.count == 1, try call.integer("storage_order", default: 0) == 0 else {
      throw call.unsupported(
        "one result, the greatest elements in storage order 0, is accepted; their places are not computed"
      )
    }
    let window = try ONNXWindow(call, input: builder.shape(of: try call.input(0))).window
    return [
      try builder.add(
        .maxPool(MaxPool(window: window)), [try builder.graphValue(0, of: call)], for: call)
    ]
  }

  private static let averagePool: Append = { (builder, call) throws(ONNXProblem) in
    let found = try ONNXWindow(call, input: builder.shape(of: try call.input(0)))
    let padding = found.window.padding
    var countsPadding = try call.flag("count_include_pad")
    if countsPadding && found.hasExtra {
      let isStated =
        padding.top != 0 || padding.left != 0 || padding.bottom != found.extra.height
        || padding.right != found.extra.width
      guard !isStated else {
        throw call.unsupported("ceil_mode together with padding that counts is ambiguous")
      }
      // What rounding up adds never counts.
      countsPadding = false
    }
    return [
      try builder.add(
        .averagePool(AveragePool(window: found.window, countsPadding: countsPadding)),
        [try builder.graphValue(0, of: call)], for: call)
    ]
  }

  private static let globalAveragePool: Append = { (builder, call) throws(ONNXProblem) in
    [
      try builder.add(
        .globalAveragePool(GlobalAveragePool(keepsDimensions: true)),
        [try builder.graphValue(0, of: call)], for: call)
    ]
  }

  private static let globalMaxPool: Append = { (builder, call) throws(ONNXProblem) in
    [try builder.greatest(call)]
  }

  private static let reduceMean: Append = { (builder, call) throws(ONNXProblem) in
    let keeps = try builder.reducesImage(call, axesSince: 18)
    let mean = GlobalAveragePool(keepsDimensions: keeps)
    return [
      try builder.add(.globalAveragePool(mean), [try builder.graphValue(0, of: call)], for: call)
    ]
  }

  private static let reduceMax: Append = { (builder, call) throws(ONNXProblem) in
    let keeps = try builder.reducesImage(call, axesSince: 18)
    let result = try builder.greatest(call)
    let channels = builder.shape(of: result)[1]
    return [
      keeps ? result : try builder.reshaped(result, to: [1, channels], for: call, suffix: "shape")
    ]
  }

  /// The mean times the number of pixels.
  private static let reduceSum: Append = { (builder, call) throws(ONNXProblem) in
    let keeps = try builder.reducesImage(call, axesSince: 13)
    let input = builder.shape(of: try call.input(0))
    let mean = try builder.add(
      .globalAveragePool(GlobalAveragePool(keepsDimensions: keeps)),
      [try builder.graphValue(0, of: call)], for: call, suffix: "mean")
    guard case .value(let value) = mean else { return [mean] }
    let area = graphScalar(Float(input[2] * input[3]))
    return [
      try builder.add(
        .multiply(Multiply()), [value, try builder.constant(area, named: "area", of: call)],
        for: call)
    ]
  }

  private static func graphScalar(_ value: Float) -> ONNXArray { ONNXArray([value], shape: []) }
}

extension ONNXBuilder {
  /// The greatest element of each channel, as an image of one pixel.
  fileprivate mutating func greatest(_ call: ONNXCall) throws(ONNXProblem) -> ONNXValue {
    let input = shape(of: try call.input(0))
    guard input.count == 4 else {
      throw call.unsupported(
        "it reads a value of \(input.count) dimensions; images of 4 are accepted")
    }
    let window = Window(
      kernelHeight: input[2], kernelWidth: input[3], strideHeight: 1, strideWidth: 1)
    return try add(
      .maxPool(MaxPool(window: window)), [try graphValue(0, of: call)], for: call)
  }

  /// Checks that a reduction is over height and width of an image, and returns whether it keeps them as
  /// extents of 1.
  fileprivate mutating func reducesImage(
    _ call: ONNXCall, axesSince version: Int
  ) throws(ONNXProblem) -> Bool {
    let rank = shape(of: try call.input(0)).count
    let axes =
      call.version < version
      ? try call.integers("axes") : try integers("axes", orInput: 1, of: call)
    var dimensions: [Int] = []
    for axis in axes ?? [] { dimensions.append(try call.dimension(axis, rank: rank)) }
    guard rank == 4, dimensions.sorted() == [2, 3] else {
      throw call.unsupported(
        "it reduces the axes \(axes ?? []) of \(rank) dimensions; height and width of an image (2, 3) "
          + "are accepted")
    }
    return try call.flag("keepdims", default: true)
  }
}
