import SwiftletGraph
import SwiftletRuntime

/// Turns fused float layers into the bundle's operations. One file per operation extends it.
struct Lowering {
  let network: FusedNetwork
  let quantization: TensorQuantization
  var sections = BundleSections()
  private var tensors: [ValueID: UInt32] = [:]
  private var usedNames: Set<String> = []

  /// The bundle's sections for the whole network.
  static func lower(
    _ network: FusedNetwork, quantization: TensorQuantization
  ) throws(ConvertError) -> BundleSections {
    var lowering = Lowering(network, quantization: quantization)
    for port in network.graph.inputs { lowering.addTensor(port.value, name: port.name) }
    for layer in network.layers {
      lowering.addTensor(layer.output, name: layer.outputName)
      try lowering.lower(layer)
    }
    for port in network.graph.inputs {
      lowering.sections.addPort(port.name, isOutput: false, tensor: lowering.tensor(port.value))
    }
    for output in network.outputs {
      lowering.sections.addPort(output.name, isOutput: true, tensor: lowering.tensor(output.value))
    }
    return lowering.sections
  }

  private init(_ network: FusedNetwork, quantization: TensorQuantization) {
    self.network = network
    self.quantization = quantization
  }

  private mutating func lower(_ layer: FusedLayer) throws(ConvertError) {
    switch layer.kind {
    case .convolution(let conv): try lowerConvolution(conv, layer: layer)
    case .fullyConnected(let linear): try lowerFullyConnected(linear, layer: layer)
    case .add: try lowerAdd(layer)
    case .multiply: try lowerMultiply(layer)
    case .averagePool(let pool): try lowerAveragePool(pool, layer: layer)
    case .maxPool(let pool): try lowerMaxPool(pool, layer: layer)
    case .globalAveragePool: try lowerGlobalAveragePool(layer)
    case .concat: lowerConcat(layer)
    case .lookup(let activation): lowerLookup(activation, layer: layer)
    }
  }

  /// Pools in the bundle have no dilation.
  func checkUndilated(
    _ window: SwiftletGraph.Window, layer: FusedLayer
  ) throws(ConvertError) {
    guard window.dilationHeight == 1, window.dilationWidth == 1 else {
      throw .unsupported(
        layer: layer.name, operation: "a dilated pool", advice: "use a pool without dilation")
    }
  }

  private mutating func addTensor(_ value: ValueID, name: String) {
    let shape = network.graph.shape(of: value)
    var unique = name
    var suffix = 2
    while !usedNames.insert(unique).inserted {
      unique = "\(name)#\(suffix)"
      suffix += 1
    }
    tensors[value] = sections.addTensor(
      height: shape.height, width: shape.width, channels: shape.channels,
      quantization: quantization.scales(value).records, name: unique, source: name)
  }

  /// The tensor that holds a stored value.
  func tensor(_ value: ValueID) -> UInt32 {
    guard let index = tensors[value] else {
      preconditionFailure("value \(value.index) has no tensor yet")
    }
    return index
  }

  func shape(_ value: ValueID) -> Shape { network.graph.shape(of: value) }

  /// Adds `record` with the layer's operands.
  mutating func emit(_ record: OperationRecord, layer: FusedLayer) {
    sections.addOperation(
      record, name: layer.name, inputs: layer.reads.map { tensor($0) },
      output: tensor(layer.output))
  }
}

extension OperationRecord {
  /// Copies a window's numbers and its dilation.
  mutating func setConvolutionWindow(_ window: SwiftletGraph.Window) {
    setWindow(window)
    dilationHeight = UInt32(window.dilationHeight)
    dilationWidth = UInt32(window.dilationWidth)
  }

  /// Copies a window's numbers, without dilation, which pools do not have.
  mutating func setWindow(_ window: SwiftletGraph.Window) {
    kernelHeight = UInt32(window.kernelHeight)
    kernelWidth = UInt32(window.kernelWidth)
    strideHeight = UInt32(window.strideHeight)
    strideWidth = UInt32(window.strideWidth)
    padTop = UInt32(window.padding.top)
    padLeft = UInt32(window.padding.left)
    padBottom = UInt32(window.padding.bottom)
    padRight = UInt32(window.padding.right)
  }
}
