/// Nodes made ready to run one after the other, with the places of their values in memory.
///
/// A fused node is several steps: the operation, the residual addition, the activation.
struct ExecutionPlan: Sendable {
  /// One operation with what running it must know.
  private struct Step: Sendable {
    let operation: PreparedOperation
    /// Places of what it reads and writes; values have the place of their index, others follow.
    let inputs: [Int]
    let outputs: [Int]
    let outputCounts: [Int]
    /// The values that the outputs are; nil for those between the steps of a fused node.
    let values: [ValueID?]
    /// Whether the first input is read here for the last time and its memory may be overwritten.
    var overwritesFirstInput = false
    /// The places that no later step reads.
    var released: [Int] = []
  }

  private var steps: [Step] = []
  private var placeCount: Int
  private let inputs: [ValueID]
  private let outputs: [ValueID]
  private let shapes: [Shape]
  /// Constants that steps read as they are, by place.
  private var constants: [Int: [Float]] = [:]

  /// Prepares `nodes` of a graph.
  ///
  /// - Parameters:
  ///   - graph: the network.
  ///   - nodes: some of its nodes, in execution order.
  ///   - inputs: the values that are given to `run`.
  ///   - outputs: the values that it returns.
  ///   - replacing: other elements for some constants.
  init(
    _ graph: Graph, nodes: [Node], inputs: [ValueID], outputs: [ValueID],
    replacing: [ValueID: [Float]] = [:]
  ) {
    self.inputs = inputs
    self.outputs = outputs
    placeCount = graph.valueCount
    shapes = graph.values.map { graph.shape(of: $0) }
    for node in nodes { append(node, graph, replacing) }
    for value in outputs {
      if let floats = graph.constant(value)?.floats { constants[value.index] = floats }
    }
    findLifetimes()
  }

  private mutating func append(
    _ node: Node, _ graph: Graph, _ replacing: [ValueID: [Float]]
  ) {
    let constants = node.inputs.map { value in
      replacing[value].map { Constant(name: "", contents: .floats($0)) } ?? graph.constant(value)
    }
    let operation = node.operation.definition.prepared(
      Preparation(
        inputs: node.inputs.map { shapes[$0.index] },
        outputs: node.outputs.map { shapes[$0.index] }, constants: constants))
    for input in operation.reads {
      if let floats = constants[input]?.floats {
        self.constants[node.inputs[input].index] = floats
      }
    }
    let shape = shapes[node.output.index]
    var places = node.outputs.map(\.index)
    var values: [ValueID?] = node.outputs
    if node.tail != nil { (places, values) = ([newPlace()], [nil]) }
    steps.append(
      Step(
        operation: operation, inputs: operation.reads.map { node.inputs[$0].index },
        outputs: places, outputCounts: node.outputs.map { shapes[$0.index].count },
        values: values))
    guard let tail = node.tail else { return }
    var rest: [(PreparedOperation, [Int])] = []
    if let residual = tail.residual {
      let shapes = Preparation(inputs: [shape, shape], outputs: [shape], constants: [nil, nil])
      rest.append((Add().prepared(shapes), [residual.index]))
    }
    if let activation = tail.activation {
      rest.append((activation.prepared(count: shape.count), []))
    }
    var place = places[0]
    for (index, (operation, others)) in rest.enumerated() {
      let isLast = index == rest.count - 1
      let next = isLast ? node.output.index : newPlace()
      steps.append(
        Step(
          operation: operation, inputs: [place] + others, outputs: [next],
          outputCounts: [shape.count], values: [isLast ? node.output : nil]))
      place = next
    }
  }

  private mutating func newPlace() -> Int {
    placeCount += 1
    return placeCount - 1
  }

  private mutating func findLifetimes() {
    var lastUse = [Int](repeating: -1, count: placeCount)
    for (index, step) in steps.enumerated() {
      for place in step.outputs + step.inputs { lastUse[place] = index }
    }
    for value in outputs { lastUse[value.index] = .max }
    for place in constants.keys { lastUse[place] = .max }
    for (place, index) in lastUse.enumerated() where steps.indices.contains(index) {
      steps[index].released.append(place)
    }
    for (index, step) in steps.enumerated() {
      guard let first = step.inputs.first else { continue }
      steps[index].overwritesFirstInput =
        step.operation.allowsInPlace && step.outputs.count == 1 && lastUse[first] == index
        && count(of: first) == step.outputCounts[0] && !step.inputs.dropFirst().contains(first)
    }
  }

  /// Elements of a place; those between the steps of a fused node are as large as its result.
  private func count(of place: Int) -> Int {
    if place < shapes.count { return shapes[place].count }
    for step in steps where step.outputs.contains(place) { return step.outputCounts[0] }
    return 0
  }

  /// Runs all nodes. Inputs have the shapes that the graph says.
  func run(
    _ tensors: [FloatTensor], workers: Workers, observe: ((ValueID, FloatTensor) -> Void)? = nil
  ) -> [FloatTensor] {
    // A value is an empty array before it is computed and after its last use.
    var values = [[Float]](repeating: [], count: placeCount)
    for (place, floats) in constants { values[place] = floats }
    for (value, tensor) in zip(inputs, tensors) {
      values[value.index] = tensor.values
      observe?(value, tensor)
    }
    for step in steps {
      let results =
        step.overwritesFirstInput
        ? [runInPlace(step, &values, workers)] : run(step, values, workers)
      for place in step.released { values[place] = [] }
      for (index, result) in results.enumerated() {
        if let observe, let value = step.values[index] {
          observe(value, FloatTensor(shape: shapes[value.index], values: result))
        }
        if !step.released.contains(step.outputs[index]) { values[step.outputs[index]] = result }
      }
    }
    return outputs.map { FloatTensor(shape: shapes[$0.index], values: values[$0.index]) }
  }

  private func run(_ step: Step, _ values: [[Float]], _ workers: Workers) -> [[Float]] {
    Self.withPointers(step.inputs.map { values[$0] }) { inputs in
      Self.withOutputs(step.outputCounts[...], []) { step.operation.body(inputs, $0, workers) }
    }
  }

  /// Lets the result take over the first input's memory. Should an observer or the caller still
  /// hold that array, Swift copies it before the first write.
  private func runInPlace(
    _ step: Step, _ values: inout [[Float]], _ workers: Workers
  ) -> [Float] {
    var result: [Float] = []
    swap(&result, &values[step.inputs[0]])
    let others = step.inputs.dropFirst().map { values[$0] }
    result.withUnsafeMutableBufferPointer { buffer in
      guard let output = buffer.baseAddress else { return }
      Self.withPointers(others, after: [UnsafePointer(output)]) { inputs in
        step.operation.body(inputs, [output], workers)
      }
    }
    return result
  }

  /// Calls `body` with the address of each array's elements. They are valid only during the call.
  private static func withPointers<Result>(
    _ arrays: [[Float]], after pointers: [UnsafePointer<Float>] = [],
    _ body: ([UnsafePointer<Float>]) -> Result
  ) -> Result {
    guard let first = arrays.first else { return body(pointers) }
    return first.withUnsafeBufferPointer { buffer in
      guard let address = buffer.baseAddress, !buffer.isEmpty else {
        preconditionFailure("a value is read before it is computed")
      }
      return withPointers(Array(arrays.dropFirst()), after: pointers + [address], body)
    }
  }

  /// Makes new arrays of `counts` elements, all of which `body` writes.
  private static func withOutputs(
    _ counts: ArraySlice<Int>, _ pointers: [UnsafeMutablePointer<Float>],
    _ body: ([UnsafeMutablePointer<Float>]) -> Void
  ) -> [[Float]] {
    guard let count = counts.first else {
      body(pointers)
      return []
    }
    var others: [[Float]] = []
    let first = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let address = buffer.baseAddress else { return }
      others = withOutputs(counts.dropFirst(), pointers + [address], body)
      initialized = count
    }
    return [first] + others
  }
}
