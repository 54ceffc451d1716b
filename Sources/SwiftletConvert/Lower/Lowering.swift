import SwiftletGraph
import SwiftletRuntime

/// Turns fused float layers into the bundle's operations. One file per operation extends it.
struct Lowering {
  let network: FusedNetwork
  let quantization: TensorQuantization
  var writer = BundleWriter()
  private var tensors: [ValueID: TensorID] = [:]
  private var usedNames: Set<String> = []

  /// The bundle's contents for the whole network.
  static func lower(
    _ network: FusedNetwork, quantization: TensorQuantization
  ) throws(ConvertError) -> BundleWriter {
    var lowering = Lowering(network, quantization: quantization)
    for port in network.graph.inputs { lowering.addTensor(port.value, name: port.name) }
    for layer in network.layers {
      lowering.addTensor(layer.output, name: layer.outputName)
      try lowering.lower(layer)
    }
    for port in network.graph.inputs {
      lowering.writer.addInput(port.name, tensor: lowering.tensor(port.value))
    }
    for output in network.outputs {
      lowering.writer.addOutput(output.name, tensor: lowering.tensor(output.value))
    }
    return lowering.writer
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
    tensors[value] = writer.addTensor(
      unique, source: name, height: shape.height, width: shape.width, channels: shape.channels,
      quantization: quantization.scales(value).records)
  }

  /// The tensor that holds a stored value.
  func tensor(_ value: ValueID) -> TensorID {
    guard let index = tensors[value] else {
      preconditionFailure("value \(value.index) has no tensor yet")
    }
    return index
  }

  func shape(_ value: ValueID) -> Shape { network.graph.shape(of: value) }

  /// The tensors that a layer reads.
  func operands(_ layer: FusedLayer) -> [TensorID] { layer.reads.map { tensor($0) } }
}

extension SwiftletRuntime.Window {
  /// The bundle's window for a graph's.
  init(_ window: SwiftletGraph.Window) {
    self.init(
      kernelHeight: window.kernelHeight, kernelWidth: window.kernelWidth,
      strideHeight: window.strideHeight, strideWidth: window.strideWidth,
      dilationHeight: window.dilationHeight, dilationWidth: window.dilationWidth,
      padTop: window.padding.top, padLeft: window.padding.left,
      padBottom: window.padding.bottom, padRight: window.padding.right)
  }
}
