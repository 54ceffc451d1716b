import SwiftletGraph

extension NetworkPlan {
  /// Builds the float graph for an image of `side` × `side` pixels from one set of tensors a layer.
  ///
  /// - Throws: `NetworkProblem.layer` when a layer does not fit onto the image.
  func graph(
    side: Int, padding: PaddingStyle, parameters: [LayerParameters]
  ) throws(NetworkProblem) -> Graph {
    let parametersOfStep = Dictionary(
      uniqueKeysWithValues: zip(layers.map(\.step), parameters))
    var graph = Graph()
    var values = [
      graph.addInput("input", shape: Shape(height: side, width: side, channels: input.channels))
    ]
    for (index, step) in steps.enumerated() {
      let inputs = step.inputs.map { values[$0] }
      let operation = floatOperation(
        step.operation, on: graph.shape(of: inputs[0]), padding: padding,
        parameters: parametersOfStep[index], previous: parametersOfStep[index - 1])
      do throws(GraphError) {
        values.append(try graph.add(operation, name: step.name, inputs: inputs))
      } catch {
        throw .layer(error.layer, error.problem)
      }
    }
    graph.addOutput("logits", value: values[values.count - 1])
    return graph
  }

  /// `parameters` belong to this step, `previous` to the convolution a batch normalisation follows.
  private func floatOperation(
    _ operation: Operation, on shape: Shape, padding: PaddingStyle, parameters: LayerParameters?,
    previous: LayerParameters?
  ) -> FloatOperation {
    switch operation {
    case .convolution(let inputs, let outputs, let kernel, let stride, let groups):
      return .conv2D(
        Conv2D(
          inputChannels: inputs, outputChannels: outputs, groups: groups,
          window: window(kernel, stride, shape, padding),
          weights: channelsLast(
            parameters?.weight.values ?? [], outer: outputs, channels: inputs / groups,
            area: kernel * kernel),
          bias: parameters?.bias?.values ?? [Float](repeating: 0, count: outputs)))
    case .batchNorm(let channels, let epsilon):
      let norm = previous?.norm
      return .batchNorm(
        BatchNorm(
          gamma: norm?.gamma?.values ?? [Float](repeating: 1, count: channels),
          beta: norm?.beta?.values ?? [Float](repeating: 0, count: channels),
          mean: norm?.mean.values ?? [], variance: norm?.variance.values ?? [], epsilon: epsilon))
    case .linear(let inputs, let outputs):
      // PyTorch flattens channel by channel, the graph pixel by pixel.
      return .fullyConnected(
        FullyConnected(
          inputCount: inputs * shape.area, outputCount: outputs,
          weights: channelsLast(
            parameters?.weight.values ?? [], outer: outputs, channels: inputs, area: shape.area),
          bias: parameters?.bias?.values ?? []))
    case .activation(let function):
      return .activation(function)
    case .add:
      return .add
    case .multiply:
      return .multiply
    case .globalAveragePool:
      return .globalAveragePool
    case .maxPool(let kernel, let stride):
      return .maxPool(MaxPool(window: window(kernel, stride, shape, padding)))
    }
  }

  private func window(_ kernel: Int, _ stride: Int, _ shape: Shape, _ style: PaddingStyle) -> Window
  {
    let padding: Padding
    switch style {
    case .symmetric:
      padding = Padding(all: (kernel - 1) / 2)
    case .same:
      let vertical = samePadding(shape.height, kernel: kernel, stride: stride)
      let horizontal = samePadding(shape.width, kernel: kernel, stride: stride)
      padding = Padding(
        top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
        right: horizontal - horizontal / 2)
    }
    return Window(kernel: kernel, stride: stride, padding: padding)
  }
}

/// TensorFlow's SAME padding along one side, both ends together. Example: 224 pixels, kernel 3,
/// stride 2 → (112 − 1) · 2 + 3 − 224 = 1.
func samePadding(_ length: Int, kernel: Int, stride: Int) -> Int {
  max(((length + stride - 1) / stride - 1) * stride + kernel - length, 0)
}

/// Reorders `[outer][channels][area]` (PyTorch) to `[outer][area][channels]` (the graph).
func channelsLast(_ values: [Float], outer: Int, channels: Int, area: Int) -> [Float] {
  if area == 1 || channels == 1 { return values }
  return [Float](unsafeUninitializedCapacity: values.count) { result, count in
    values.withUnsafeBufferPointer { values in
      var to = 0
      for block in 0..<outer {
        let from = block * channels * area
        for pixel in 0..<area {
          for channel in 0..<channels {
            result[to] = values[from + channel * area + pixel]
            to += 1
          }
        }
      }
      count = to
    }
  }
}
