import SwiftletPlatform

/// Runs a float graph: the reference that quantized results are compared with.
///
/// Weights are packed once, in `init`; after that the executor never changes, so several threads
/// may call `run` at the same time. The result does not depend on the number of threads: every
/// output element is summed by one thread, in a fixed order. The graph may be one after any pass.
public final class FloatExecutor: Sendable {
  private let ports: [(name: String, shape: Shape)]
  private let plan: ExecutionPlan
  private let workers: Workers

  /// Prepares a graph, whose constants must be bound, for execution.
  ///
  /// - Parameters:
  ///   - graph: the network. It is not kept: whoever has no more use for its weights may let them go.
  ///   - threads: how many threads share the work of one `run`; nil means one for each processor
  ///     that the process may use.
  public init(_ graph: Graph, threads: Int? = nil) {
    ports = graph.inputs.map { ($0.name, graph.shape(of: $0.value)) }
    workers = Workers(count: max(1, threads ?? Platform.processorCount))
    plan = ExecutionPlan(
      graph, nodes: graph.nodes, inputs: graph.inputs.map(\.value),
      outputs: graph.outputs.map(\.value))
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
    precondition(inputs.count == ports.count, "the graph has \(ports.count) inputs")
    for (port, tensor) in zip(ports, inputs) {
      precondition(tensor.shape == port.shape, "input \(port.name) has the shape \(port.shape)")
    }
    return plan.run(inputs, workers: workers, observe: observe)
  }
}

/// Runs one node of a graph by itself.
public struct NodeExecutor: Sendable {
  private let plan: ExecutionPlan
  private let workers: Workers

  /// Prepares a node.
  ///
  /// - Parameters:
  ///   - node: a node of `graph`.
  ///   - graph: the network, whose constants must be bound.
  ///   - threads: how many threads share the work; nil means one for each processor
  ///     that the process may use.
  ///   - withTail: false stops before what is fused to the node.
  ///   - replacing: other elements for some constants, for example rounded weights.
  public init(
    _ node: Node, in graph: Graph, threads: Int? = nil, withTail: Bool = true,
    replacing: [ValueID: [Float]] = [:]
  ) {
    var node = node
    if !withTail { node.tail = nil }
    plan = ExecutionPlan(
      graph, nodes: [node], inputs: graph.activations(of: node), outputs: node.outputs,
      replacing: replacing)
    workers = Workers(count: max(1, threads ?? Platform.processorCount))
  }

  /// The node's first result for tensors in the order of `Graph.activations(of:)`.
  public func run(_ tensors: [FloatTensor]) -> FloatTensor {
    results(tensors)[0]
  }

  /// All of the node's results for tensors in the order of `Graph.activations(of:)`.
  public func results(_ tensors: [FloatTensor]) -> [FloatTensor] {
    plan.run(tensors, workers: workers)
  }
}
