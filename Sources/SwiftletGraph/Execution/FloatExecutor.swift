import SwiftletPlatform

/// Runs a float graph: the reference that quantized results are compared with.
///
/// Weights are packed once, in `init`; after that the executor never changes, so several threads
/// may call `run` at the same time. The result does not depend on the number of threads: every
/// output element is summed by one thread, in a fixed order.
public final class FloatExecutor: Sendable {
  /// A node with what the executor must know about it.
  private struct Step: Sendable {
    let operation: PreparedOperation
    let inputs: [Int]
    let output: Int
    let outputCount: Int
    /// Whether the first input is read here for the last time and its memory may be overwritten.
    let overwritesFirstInput: Bool
    /// The values that no later step reads.
    let released: [Int]
  }

  private let graph: Graph
  private let steps: [Step]
  private let workers: Workers

  /// Prepares a graph for execution.
  ///
  /// - Parameters:
  ///   - graph: the network.
  ///   - threads: how many threads share the work of one `run`; nil means one per core.
  public init(_ graph: Graph, threads: Int? = nil) {
    self.graph = graph
    workers = Workers(count: max(1, threads ?? Platform.coreCount()))

    var lastUse = [Int](repeating: -1, count: graph.valueCount)
    for (index, node) in graph.nodes.enumerated() {
      lastUse[node.output.index] = index
      for input in node.inputs { lastUse[input.index] = index }
    }
    for port in graph.outputs { lastUse[port.value.index] = .max }

    var released = [[Int]](repeating: [], count: graph.nodes.count)
    for (value, index) in lastUse.enumerated() where released.indices.contains(index) {
      released[index].append(value)
    }
    steps = graph.nodes.enumerated().map { index, node in
      let output = graph.shape(of: node.output)
      let operation = node.operation.prepared(
        inputs: node.inputs.map(graph.shape(of:)), output: output)
      let first = node.inputs[0]
      return Step(
        operation: operation, inputs: node.inputs.map(\.index), output: node.output.index,
        outputCount: output.count,
        overwritesFirstInput: operation.allowsInPlace && lastUse[first.index] == index
          && graph.shape(of: first).count == output.count
          && !node.inputs.dropFirst().contains(first),
        released: released[index])
    }
  }

  /// Runs the graph once.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each of the graph's inputs, in their order and of their shapes.
  ///   - observe: called on the calling thread for every value, inputs first and then in execution
  ///     order, as soon as it is computed.
  /// - Returns: the outputs, in the order of `graph.outputs`.
  public func run(
    _ inputs: [FloatTensor], observe: ((ValueID, FloatTensor) -> Void)? = nil
  ) -> [FloatTensor] {
    precondition(
      inputs.count == graph.inputs.count, "the graph has \(graph.inputs.count) inputs")
    // A value is an empty array before it is computed and after its last use.
    var values = [[Float]](repeating: [], count: graph.valueCount)
    for (port, tensor) in zip(graph.inputs, inputs) {
      precondition(
        tensor.shape == graph.shape(of: port.value),
        "input \(port.name) has the shape \(graph.shape(of: port.value))")
      values[port.value.index] = tensor.values
      observe?(port.value, tensor)
    }
    for (node, step) in zip(graph.nodes, steps) {
      let result = step.overwritesFirstInput ? runInPlace(step, &values) : run(step, values)
      for value in step.released { values[value] = [] }
      if let observe {
        observe(node.output, FloatTensor(shape: graph.shape(of: node.output), values: result))
      }
      if !step.released.contains(step.output) { values[step.output] = result }
    }
    return graph.outputs.map {
      FloatTensor(shape: graph.shape(of: $0.value), values: values[$0.value.index])
    }
  }

  private func run(_ step: Step, _ values: [[Float]]) -> [Float] {
    Self.withPointers(step.inputs.map { values[$0] }) { inputs in
      [Float](unsafeUninitializedCapacity: step.outputCount) { buffer, count in
        if let output = buffer.baseAddress {
          step.operation.body(inputs, output, workers)
          count = step.outputCount
        }
      }
    }
  }

  /// Lets the result take over the first input's memory. Should an observer or the caller still
  /// hold that array, Swift copies it before the first write.
  private func runInPlace(_ step: Step, _ values: inout [[Float]]) -> [Float] {
    var result: [Float] = []
    swap(&result, &values[step.inputs[0]])
    let others = step.inputs.dropFirst().map { values[$0] }
    result.withUnsafeMutableBufferPointer { buffer in
      guard let output = buffer.baseAddress else { return }
      Self.withPointers(others, after: [UnsafePointer(output)]) { inputs in
        step.operation.body(inputs, output, workers)
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
}
