import SwiftletGraph

/// Where one scale per channel is possible: tensors that only depthwise convolutions read, or what
/// hands them on to such.
///
/// A depthwise convolution never adds channels up, so each channel's scale goes into that channel's
/// multiplier and costs nothing. Channels of very different ranges that share a scale are what
/// breaks MobileNets in int8.
enum PerChannel {
  /// A channel's range is at least this part of the tensor's: h-swish has one output shift for all
  /// channels, so their multipliers keep log₂ of it fewer bits.
  static let leastShare = 1.0 / 16

  /// The values of `graph` that may have a scale per channel.
  static func values(_ graph: Graph) -> Set<ValueID> {
    let taken = takenValues(graph)
    return Set(graph.nodes.filter(allows).flatMap(\.outputs).filter(taken.contains))
  }

  /// The values all of whose readers take scales per channel, and there is one. What keeps its input's
  /// scales hands them on to its own readers, which follow it.
  private static func takenValues(_ graph: Graph) -> Set<ValueID> {
    let readers = graph.readingNodes
    var result: Set<ValueID> = []
    for node in graph.nodes.reversed() {
      for output in node.outputs where !graph.isOutput(output) {
        let list = readers[output.index].map { graph.nodes[$0] }
        let isTaken = list.allSatisfy { reader in
          switch reader.resultRange {
          case .calibrated, .gate: reader.takesChannelScales(output)
          case .ofInput:
            reader.takesChannelScales(output) && reader.outputs.allSatisfy(result.contains)
          }
        }
        if !list.isEmpty && isTaken { result.insert(output) }
      }
    }
    return result
  }

  /// A residual addition has one multiplier for all channels.
  private static func allows(_ node: Node) -> Bool {
    guard node.operation.lowering.givesChannelScales, node.tail?.residual == nil else {
      return false
    }
    switch node.resultRange {
    case .calibrated: return true
    case .gate, .ofInput: return false
    }
  }

  /// Scales for a tensor whose values lie within `range` and whose channels lie within
  /// `channels`; one scale when `channels` is nil.
  static func scales(
    covering range: ClosedRange<Double>, channels: [ClosedRange<Double>]?
  ) -> ActivationScales {
    guard let channels else {
      return ActivationScales(ActivationQuantizer.parameters(covering: range))
    }
    let low = min(range.lowerBound, 0)
    let high = max(range.upperBound, 0)
    return ActivationScales(
      channels: channels.map { seen in
        let channelLow = max(low, min(seen.lowerBound, low * leastShare))
        let channelHigh = min(high, max(seen.upperBound, high * leastShare))
        return ActivationQuantizer.parameters(covering: channelLow...channelHigh)
      })
  }
}

extension Node {
  /// Whether the channels of a value that the node reads may have scales of their own.
  fileprivate func takesChannelScales(_ value: ValueID) -> Bool {
    operation.lowering.takesChannelScales && tail?.residual != value
  }
}
