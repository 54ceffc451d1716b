import SwiftletGraph

extension ONNXOperator {
  /// What puts elements into other places.
  static let movements = [
    ONNXOperator("Concat", since: 4, concat),
    ONNXOperator("Split", since: 2, split),
    ONNXOperator("Slice", slice),
    ONNXOperator("Gather", gather),
    ONNXOperator("Transpose", transpose),
    ONNXOperator("Pad", since: 2, pad),
    ONNXOperator("Resize", since: 10, resize),
    ONNXOperator("Upsample", since: 7, resize),
    ONNXOperator("DepthToSpace", depthToSpace),
    ONNXOperator("SpaceToDepth", spaceToDepth),
  ]

  private static let concat: Append = { (builder, call) throws(ONNXProblem) in
    let first = builder.shape(of: try call.input(0))
    let axis = try call.integer("axis", default: 1)
    if let arrays = try builder.arrays(of: call) {
      return [.array(try ONNXArray.joined(arrays, axis, call))]
    }
    _ = try call.dimension(axis, rank: first.count)
    // What has no elements adds nothing: exporters leave such constants behind.
    var inputs: [ValueID] = []
    for input in call.inputs.indices
    where !builder.shape(of: try call.input(input)).contains(0) {
      inputs.append(try builder.graphValue(input, of: call))
    }
    return [try builder.add(.concat(Concat(axis: axis)), inputs, for: call)]
  }

  private static let split: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let axis = try call.dimension(try call.integer("axis", default: 0), rank: input.count)
    let count = call.node.outputs.count
    var sizes = try builder.integers("split", orInput: 1, of: call)
    if sizes == nil {
      // All the same, the last one smaller where they do not divide the extent.
      let each = (input[axis] + count - 1) / max(count, 1)
      sizes = (0..<count).map { max(0, min(each, input[axis] - $0 * each)) }
    }
    let parts = sizes ?? []
    guard parts.count == count else {
      throw call.problem("it has \(count) results, but \(parts.count) sizes")
    }
    return try builder.addNode(
      .split(Split(axis: axis, sizes: parts)), [try builder.graphValue(0, of: call)], for: call)
  }

  private static let slice: Append = { (builder, call) throws(ONNXProblem) in
    let value = try call.input(0)
    let input = builder.shape(of: value)
    let isOld = call.version < 10
    let starts = isOld ? try call.integers("starts") : try builder.integers(1, of: call)
    let ends = isOld ? try call.integers("ends") : try builder.integers(2, of: call)
    let axes =
      isOld
      ? try call.integers("axes") : call.has(3) ? try builder.integers(3, of: call) : nil
    let steps = !isOld && call.has(4) ? try builder.integers(4, of: call) : nil
    guard let starts, let ends, starts.count == ends.count,
      (axes?.count ?? starts.count) == starts.count,
      (steps?.count ?? starts.count) == starts.count, starts.count <= input.count
    else { throw call.problem("starts, ends, axes and steps must be as many") }
    var slice = Slice(starts: input.map { _ in 0 }, sizes: input)
    for index in starts.indices {
      let dimension = try call.dimension(axes?[index] ?? index, rank: input.count)
      let step = steps?[index] ?? 1
      guard step != 0, step > -1 << 31 else { throw call.problem("a step may not be \(step)") }
      let range = ONNXArray.range(input[dimension], starts[index], ends[index], step)
      slice.starts[dimension] = range.start
      slice.sizes[dimension] = range.count
      slice.steps[dimension] = step
    }
    if case .value(let value) = value {
      if slice.sizes == input && slice.steps.allSatisfy({ $0 == 1 }) { return [.value(value)] }
      return [try builder.add(.slice(slice), [value], for: call)]
    }
    guard let array = try builder.array(0, of: call) else { return [value] }
    return [.array(array.sliced(slice))]
  }

  /// With constant indices along one axis: slices of those at equal distances, joined. A single index's
  /// dimension goes.
  private static let gather: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let axis = try call.dimension(try call.integer("axis", default: 0), rank: input.count)
    guard let indices = try builder.array(1, of: call), let list = indices.integers else {
      throw call.unsupported("its indices must be constants")
    }
    var places: [Int] = []
    for index in list {
      let place = index < 0 ? Int(index) + input[axis] : Int(index)
      guard (0..<input[axis]).contains(place) else {
        throw call.problem("index \(index) is outside of \(input[axis]) elements")
      }
      places.append(place)
    }
    let shape = Array(input[..<axis]) + indices.shape + Array(input[(axis + 1)...])
    if let array = try builder.array(0, of: call) {
      return [.array(try array.gathered(places, axis, shape: shape, call))]
    }
    let runs = evenRuns(places)
    guard (1...mostRuns).contains(runs.count) else {
      throw call.unsupported(
        "\(places.count) indices in \(runs.count) runs of equal distances; up to \(mostRuns) runs are accepted"
      )
    }
    let value = try builder.graphValue(0, of: call)
    var parts: [ValueID] = []
    for (index, run) in runs.enumerated() {
      var slice = Slice(starts: input.map { _ in 0 }, sizes: input)
      (slice.starts[axis], slice.sizes[axis], slice.steps[axis]) = (run.first, run.count, run.step)
      let isAll = runs.count == 1 && indices.shape.count == 1
      parts.append(
        try builder.append(
          .slice(slice), [value], for: call, suffix: isAll ? "" : "slice\(index + 1)"))
    }
    let all =
      parts.count == 1
      ? ONNXValue.value(parts[0])
      : try builder.add(.concat(Concat(axis: axis)), parts, for: call, suffix: "concat")
    return [try builder.reshaped(all, to: shape, for: call)]
  }

  /// Operands that a concatenation may have.
  private static let mostRuns = 32

  /// Places as few runs of equal distances, each taken as long as it goes.
  private static func evenRuns(_ places: [Int]) -> [(first: Int, count: Int, step: Int)] {
    var runs: [(first: Int, count: Int, step: Int)] = []
    var last = 0
    for place in places {
      if let run = runs.last, place != last, run.count == 1 || place - last == run.step {
        runs[runs.count - 1] = (run.first, run.count + 1, place - last)
      } else {
        runs.append((place, 1, 1))
      }
      last = place
    }
    return runs
  }

  private static let transpose: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let order = try call.integers("perm") ?? Array(input.indices.reversed())
    guard order.sorted() == Array(input.indices) else {
      throw call.problem("\(order) is no order of \(input.count) dimensions")
    }
    if let array = try builder.array(0, of: call) { return [.array(array.transposed(order))] }
    return [
      try builder.add(
        .transpose(Transpose(order: order)), [try builder.graphValue(0, of: call)], for: call)
    ]
  }

  private static let pad: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let mode = try call.text("mode", default: "constant")
    guard mode == "constant" else {
      throw call.unsupported("mode \(quoted(mode)); padding with a constant is accepted")
    }
    let pads = call.version < 11 ? try call.integers("pads") : try builder.integers(1, of: call)
    var value = try call.float("value", default: 0)
    if call.has(2) { value = try builder.number(2, of: call) }
    var axes = Array(input.indices)
    if call.has(3) {
      axes = []
      for axis in try builder.integers(3, of: call) {
        axes.append(try call.dimension(axis, rank: input.count))
      }
    }
    guard let pads, pads.count == 2 * axes.count else {
      throw call.problem("two extents are needed for each dimension")
    }
    guard pads.allSatisfy({ $0 >= 0 }) else {
      throw call.unsupported("extents \(pads); cutting off by padding with less than 0 is not")
    }
    if pads.allSatisfy({ $0 == 0 }) { return [try call.input(0)] }
    guard value.isFinite else {
      throw call.unsupported("padding with \(value); give the pool behind it these pads instead")
    }
    var pad = Pad(before: input.map { _ in 0 }, after: input.map { _ in 0 }, value: value)
    for (index, axis) in axes.enumerated() {
      pad.before[axis] = pads[index]
      pad.after[axis] = pads[axes.count + index]
    }
    return [try builder.add(.pad(pad), [try builder.graphValue(0, of: call)], for: call)]
  }

  private static let depthToSpace: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let block = try call.integer("blocksize", default: 1)
    guard input.count == 4, (1...1024).contains(block), input[1] % (block * block) == 0 else {
      throw call.problem("blocks of \(block) do not divide the channels of \(input)")
    }
    let (channels, height, width) = (input[1] / (block * block), input[2], input[3])
    let isColumnFirst = try call.text("mode", default: "DCR") == "DCR"
    let split =
      isColumnFirst
      ? [1, block, block, channels, height, width] : [1, channels, block, block, height, width]
    let order = isColumnFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
    return [
      try builder.rearranged(
        try builder.graphValue(0, of: call), call, split, order,
        [1, channels, height * block, width * block])
    ]
  }

  private static let spaceToDepth: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    let block = try call.integer("blocksize", default: 1)
    guard input.count == 4, (1...1024).contains(block), input[2] % block == 0,
      input[3] % block == 0
    else { throw call.problem("blocks of \(block) do not divide height and width of \(input)") }
    let (height, width) = (input[2] / block, input[3] / block)
    let isColumnFirst = try call.text("mode", default: "DCR") == "DCR"
    return [
      try builder.rearranged(
        try builder.graphValue(0, of: call), call, [1, input[1], height, block, width, block],
        isColumnFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4],
        [1, input[1] * block * block, height, width])
    ]
  }
}

extension ONNXBuilder {
  /// Reshaping, transposing and reshaping.
  mutating func rearranged(
    _ value: ValueID, _ call: ONNXCall, _ split: [Int], _ order: [Int], _ shape: [Int]
  ) throws(ONNXProblem) -> ONNXValue {
    let parts = try append(
      .reshape(Reshape(to: Shape(split))), [value], for: call, suffix: "split")
    let turned = try append(
      .transpose(Transpose(order: order)), [parts], for: call, suffix: "transpose")
    return try add(.reshape(Reshape(to: Shape(shape))), [turned], for: call)
  }
}
