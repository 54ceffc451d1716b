import SwiftletGraph
import SwiftletRuntime

/// The scales and zero points of every stored value, adjusted to what the integer formats can hold.
struct TensorQuantization: Sendable {
  private var all: [ValueID: ActivationScales] = [:]
  /// By what channels were divided in the network that is quantized.
  private let equalization: Equalization

  /// The scales of a stored value.
  func scales(_ value: ValueID) -> ActivationScales {
    guard let scales = all[value] else {
      preconditionFailure("value \(value.index) is not stored")
    }
    return scales
  }

  /// The one scale and zero point of a stored value that is not quantized per channel.
  subscript(value: ValueID) -> QuantizationRecord { scales(value).uniform }

  /// What the levels of a stored value are in the units of the network as it was before
  /// equalization: what a bundle says of its tensor.
  func shownRecords(_ value: ValueID) -> [QuantizationRecord] {
    let scales = scales(value)
    guard let factors = equalization.factors[value] else { return scales.records }
    return factors.indices.map { channel in
      let record = scales[channel]
      return QuantizationRecord(
        scale: record.scale * factors[channel], zeroPoint: record.zeroPoint)
    }
  }

  /// Goes through the nodes in order, so that each sees its inputs' final scales.
  ///
  /// - Throws: `ConvertError.outOfRange` for a fixed scale that the integer operation cannot express.
  init(
    _ graph: Graph, ranges: [ValueID: ClosedRange<Double>], calibration: Calibration,
    equalization: Equalization = Equalization(), fixed: FixedScales = FixedScales()
  ) throws(ConvertError) {
    self.equalization = equalization
    for port in graph.inputs {
      let range = ranges[port.value] ?? 0...1
      all[port.value] = ActivationScales(
        fixed[port.value] ?? ActivationQuantizer.parameters(covering: range))
    }
    for node in graph.nodes {
      if fixed[node.output] != nil {
        try fix(node, graph, calibration, fixed)
        continue
      }
      switch node.resultRange {
      case .gate:
        let context = context(node, graph, calibration)
        for output in node.outputs {
          all[output] = LinearScales.uncalibrated(ActivationQuantizer.gate, context)
        }
      case .ofInput:
        for output in node.outputs { all[output] = scales(node.inputs[0]) }
      case .calibrated:
        let context = context(node, graph, calibration)
        for output in node.outputs {
          let wanted = PerChannel.scales(
            covering: ranges[output] ?? 0...1, channels: calibration.channelRanges[output])
          all[output] = node.operation.lowering.scales(wanted, context)
        }
      }
    }
  }

  /// Gives a node's results the scales that the network states.
  private mutating func fix(
    _ node: Node, _ graph: Graph, _ calibration: Calibration, _ fixed: FixedScales
  ) throws(ConvertError) {
    for output in node.outputs {
      guard let record = fixed[output] else {
        all[output] = all[node.inputs[0]]
        continue
      }
      let wanted = ActivationScales(record)
      guard case .calibrated = node.resultRange else {
        all[output] = LinearScales.uncalibrated(record, context(node, graph, calibration))
        continue
      }
      var context = context(node, graph, calibration)
      context.isFixed = true
      let scales = node.operation.lowering.scales(wanted, context)
      guard scales.records == [record] else {
        throw .outOfRange(
          layer: node.name,
          what:
            "the model gives its result a scale of \(record.scale), and \(scales[0].scale) is what "
            + "its inputs' scales allow; quantize the model with "
            + (scales[0].scale > record.scale ? "a wider" : "a narrower") + " range there")
      }
      all[output] = scales
    }
  }

  private func context(
    _ node: Node, _ graph: Graph, _ calibration: Calibration
  ) -> ScaleContext {
    ScaleContext(
      node: node, graph: graph,
      inputs: node.inputs.filter { !graph.isConstant($0) }.map { scales($0) },
      residual: node.tail?.residual.map { self[$0] },
      beforeActivation: node.tail.flatMap {
        calibration.histograms[$0.beforeActivation]?.range
      })
  }
}
