import SwiftletGraph
import SwiftletRuntime

/// Takes the mean error that quantized weights and inputs cause in each output channel out of the
/// bias (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction",
/// 2019, section 4.2; here the means are measured on calibration samples).
struct BiasCorrection {
  /// A linear node with the scale of each output channel's weights, and the error found so far.
  private struct Layer {
    let index: Int
    let linear: LinearWeights
    /// In real units a level; 0 for channels of zeros, whose weights need no rounding.
    let weightScales: [Float]
    var errors: [Double]
  }

  /// Corrects the biases of the convolutions and fully connected layers of `graph`.
  ///
  /// - Throws: `ConvertError.outOfRange` when a layer cannot be quantized.
  static func apply<Samples: RandomAccessCollection<[FloatTensor]>>(
    _ graph: inout Graph, quantization: TensorQuantization, samples: Samples,
    executor: FloatExecutor, threads: Int?, progress: (Int, Int) -> Void
  ) throws(ConvertError) {
    var layers = try layers(graph, quantization)
    let trial = SampleTrial(graph, executor: executor)
    let count = trial.forEachBatch(samples, progress: progress) { batch in
      for layer in layers.indices {
        for difference in meanDifferences(layers[layer], graph, quantization, batch, threads) {
          for channel in difference.indices { layers[layer].errors[channel] += difference[channel] }
        }
      }
    }
    let readers = graph.readers
    for layer in layers {
      let shift = layer.errors.map { Float($0 / Double(count)) }
      addToBias(shift, of: layer, in: &graph, readers)
    }
  }

  /// The linear nodes whose weights are not all zero.
  private static func layers(
    _ graph: Graph, _ quantization: TensorQuantization
  ) throws(ConvertError) -> [Layer] {
    var layers: [Layer] = []
    for (index, node) in graph.nodes.enumerated() {
      guard let linear = node.operation.definition.linear else { continue }
      let scales = try weightScales(node, linear, graph, quantization)
      guard scales.contains(where: { $0 > 0 }) else { continue }
      layers.append(
        Layer(
          index: index, linear: linear, weightScales: scales,
          errors: [Double](repeating: 0, count: linear.outputChannels)))
    }
    return layers
  }

  /// The scale with which each channel's weights are stored. Where it is the usual one, a 127th of the
  /// largest weight, that is computed in floats, as the rounding is.
  private static func weightScales(
    _ node: Node, _ linear: LinearWeights, _ graph: Graph, _ quantization: TensorQuantization
  ) throws(ConvertError) -> [Float] {
    let epilogue = try LinearEpilogue(node, graph, quantization)
    let weights = graph.floats(linear.weightInput, of: node) ?? []
    let bias = graph.floats(linear.biasInput, of: node)
    var scales: [Float] = []
    for channel in 0..<linear.outputChannels {
      let slice = weights[linear.range(ofChannel: channel)]
      let largest = slice.reduce(0) { max($0, abs($1)) }
      guard largest > 0 else {
        scales.append(0)
        continue
      }
      let quantized = try epilogue.quantize(channel, weights: slice, bias: bias?[channel] ?? 0)
      scales.append(
        quantized.isScaleRaised ? Float(quantized.weightScale / epilogue.gain) : largest / 127)
    }
    return scales
  }

  /// For each sample and channel, the mean over pixels of the exact result less that of rounded
  /// weights and inputs.
  ///
  /// The exact results are kept rather than the weights that they come from: only one set of the
  /// layer's packed weights is there at a time.
  private static func meanDifferences(
    _ layer: Layer, _ graph: Graph, _ quantization: TensorQuantization, _ samples: [SampleValues],
    _ threads: Int?
  ) -> [[Double]] {
    let node = graph.nodes[layer.index]
    let input = node.inputs[0]
    let exact = results(
      NodeExecutor(node, in: graph, threads: threads, withTail: false),
      samples.lazy.map { $0[input] })
    let rounded = NodeExecutor(
      node, in: graph, threads: threads, withTail: false,
      replacing: [node.inputs[layer.linear.weightInput]: roundedWeights(layer, node, graph)])
    let scales = quantization.scales(input)
    return zip(samples, exact).map { values, exact in
      meanDifference(exact, rounded.run([values[input].quantized(by: scales)]))
    }
  }

  /// The results of `executor`, which is gone thereafter, for each input.
  private static func results(
    _ executor: consuming NodeExecutor, _ inputs: some Sequence<FloatTensor>
  ) -> [FloatTensor] {
    inputs.map { executor.run([$0]) }
  }

  /// The weights with each channel's rounded to its levels, as floats.
  private static func roundedWeights(_ layer: Layer, _ node: Node, _ graph: Graph) -> [Float] {
    var weights = graph.floats(layer.linear.weightInput, of: node) ?? []
    weights.withUnsafeMutableBufferPointer { weights in
      for (channel, scale) in layer.weightScales.enumerated() where scale > 0 {
        // Levels are at most 127 in magnitude, as scales are at least a 127th of the largest weight.
        for index in layer.linear.range(ofChannel: channel) {
          weights[index] = (weights[index] / scale).nearestOrAwayFromZero * scale
        }
      }
    }
    return weights
  }

  /// Per channel, the mean over pixels of a − b.
  private static func meanDifference(_ a: FloatTensor, _ b: FloatTensor) -> [Double] {
    let image = a.shape.image
    var sums = [Double](repeating: 0, count: image.channels)
    sums.withUnsafeMutableBufferPointer { sums in
      a.values.withUnsafeBufferPointer { a in
        b.values.withUnsafeBufferPointer { b in
          for start in stride(from: 0, to: a.count, by: sums.count) {
            for channel in 0..<sums.count {
              sums[channel] += Double(a[start &+ channel] - b[start &+ channel])
            }
          }
        }
      }
    }
    return sums.map { $0 / Double(image.area) }
  }

  private static func addToBias(
    _ shift: [Float], of layer: Layer, in graph: inout Graph, _ readers: [[Int]]
  ) {
    let node = graph.nodes[layer.index]
    let place = layer.linear.biasInput
    if place < node.inputs.count, readers[node.inputs[place].index].count == 1 {
      var bias = graph.takeFloats(node.inputs[place]) ?? []
      for channel in shift.indices { bias[channel] += shift[channel] }
      graph.bind(node.inputs[place], .floats(bias))
      return
    }
    // There is none, which is a bias of zeros, or others read it too.
    let bias = graph.floats(place, of: node) ?? [Float](repeating: 0, count: shift.count)
    let value = graph.addConstant(
      node.name + ".bias", shape: Shape(shift.count), .floats(zip(bias, shift).map { $0 + $1 }))
    graph.nodes[layer.index].inputs[place...] = [value]
  }
}
