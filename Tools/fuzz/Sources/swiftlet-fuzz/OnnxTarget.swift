@testable import SwiftletGraph
@testable import SwiftletImport
import SwiftletTestSupport

/// Writes an ONNX model of the nodes that an input describes, with changes here and there; what is read must
/// pass all passes and can be run, or ends in a sentence.
enum OnnxTarget {
  /// Kind, version of the operator set.
  static let headLength = 2
  /// Of one node: operator, two inputs, kind of constant, three numbers, change.
  static let nodeLength = 8

  /// Elements of the graphs that are run.
  private static let mostElements = 1 << 18

  static func execute(_ input: inout Input) {
    let kind = input.byte()
    let version = 7 + input.byte() % 17
    if kind % 8 == 7 { return read(input.rest()) }
    var model = OnnxModelBuilder()
    while !input.isEmpty, model.count < 40 { model.add(&input) }
    read(model.bytes(version: version))
  }

  private static func read(_ bytes: [UInt8]) {
    do throws(ONNXProblem) {
      var graph = try ONNXImporter.read(FileBytes(bytes), path: "model.onnx", size: 8).graph
      Counts.add("reached-tensors")
      run(&graph)
    } catch {
      Finding.checkSentence(error)
      switch error {
      case .node, .unsupported, .layer: Counts.add("reached-tensors")
      case .damaged, .model, .outOfMemory: break
      }
    }
  }

  private static func run(_ graph: inout Graph) {
    let count = graph.values.reduce(0) { $0 + min(graph.shape(of: $1).count, mostElements) }
    guard count <= mostElements, graph.macCount <= mostElements * 16 else {
      return Counts.add("too-large")
    }
    do throws(PassError) {
      for pass in Pass.all {
        try pass.apply(to: &graph)
        _ = graph.listing
      }
      let inputs = graph.inputs.map { port in
        FloatTensor(shape: graph.shape(of: port.value), repeating: 0.5)
      }
      let outputs = FloatExecutor(graph, threads: 1).run(inputs)
      Finding.require(outputs.count == graph.outputs.count, "an output is missing")
      Counts.add("ran")
    } catch {
      Finding.checkSentence(error)
    }
  }
}

/// A model that grows node by node.
private struct OnnxModelBuilder {
  private var nodes: [UInt8] = []
  private var constants: [UInt8] = []
  private var values = ["x"]
  var count: Int { values.count - 1 }

  /// Operators with one input of the network's, and what constants they may have.
  private static let operators = [
    "Conv", "BatchNormalization", "Gemm", "MatMul", "MaxPool", "AveragePool", "GlobalAveragePool",
    "GlobalMaxPool", "ReduceMean", "ReduceMax", "ReduceSum", "Relu", "Sigmoid", "HardSwish",
    "HardSigmoid", "Clip", "LeakyRelu", "PRelu", "Tanh", "Gelu", "Add", "Sub", "Mul", "Div", "Sum",
    "Min", "Max", "Pow", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Cast", "Concat",
    "Split", "Slice", "Gather", "Transpose", "Pad", "Resize", "DepthToSpace", "SpaceToDepth",
    "Softmax", "Shape", "ConstantOfShape", "Range", "Expand", "Where", "Equal", "Floor",
  ]
  private static let integers = [
    "axes", "kernel_shape", "strides", "dilations", "pads", "perm", "split", "starts", "ends",
  ]
  private static let numbers = [
    "axis", "group", "blocksize", "keepdims", "ceil_mode", "count_include_pad", "transB", "to",
  ]
  /// Extents and places as they are, and as an attack has them.
  private static let odd: [Int] = [
    0, 1, 2, 3, -1, -2, 4, 8, 6, 224, 1 << 16, 1 << 31, 1 << 40, .max, .min,
  ]

  mutating func add(_ input: inout Input) {
    let name = Self.operators[input.byte() % Self.operators.count]
    let (first, second, kind) = (input.byte(), input.byte(), input.byte())
    let numbers = (0..<3).map { _ in input.byte() }
    let change = input.byte()
    // Mostly what was computed last, so that most of the model is needed.
    var names = [first < 200 ? values[values.count - 1] : values[first % values.count]]
    switch kind % 8 {
    case 0: break
    case 1: names.append(values[second % values.count])
    case 2: names.append(floats([4, 3, 1 + numbers[0] % 3, 1 + numbers[1] % 3]))
    case 3: names.append(floats([numbers[0] % 4 == 0 ? 3 : 1 + numbers[0] % 5, 1, 1]))
    case 4: names += (0..<4).map { _ in floats([3]) }
    case 5: names.append(floats([192, 2 + numbers[0] % 3]))
    case 6: names.append(integers(numbers.map { Self.odd[$0 % (change < 240 ? 9 : 15)] }))
    default:
      names += numbers.map { integers([Self.odd[$0 % (change < 240 ? 9 : 15)]]) }
    }
    var node = names.flatMap { Protobuf.text(1, $0) }
    let result = "v\(values.count)"
    node += Protobuf.text(2, result) + Protobuf.text(4, change == 255 ? "Nothing" : name)
    if numbers[2] % 2 == 1 {
      let attribute = Self.integers[numbers[1] % Self.integers.count]
      let list = (0..<(1 + second % 4)).map {
        Self.odd[(numbers[0] >> $0) % (change < 240 ? 4 : 15)]
      }
      node += Protobuf.field(
        5,
        Protobuf.text(1, attribute) + list.flatMap { [0x40] + Protobuf.varint($0) } + [0xA0, 1, 7])
    }
    if numbers[2] % 4 >= 2 {
      let attribute = Self.numbers[second % Self.numbers.count]
      node += Protobuf.field(
        5,
        Protobuf.text(1, attribute) + [0x18]
          + Protobuf.varint(Self.odd[numbers[0] % (change < 240 ? 5 : 15)])
          + [0xA0, 1, 2])
    }
    nodes += Protobuf.field(1, node)
    values.append(result)
  }

  func bytes(version: Int) -> [UInt8] {
    let extents = [1, 3, 8, 8].flatMap { Protobuf.field(1, [0x08] + Protobuf.varint($0)) }
    let type = Protobuf.field(2, Protobuf.field(1, [0x08, 1] + Protobuf.field(2, extents)))
    let ports =
      Protobuf.field(11, Protobuf.text(1, "x") + type)
      + Protobuf.field(12, Protobuf.text(1, values[values.count - 1]))
    return [0x08, 8] + Protobuf.field(8, [0x10] + Protobuf.varint(version))
      + Protobuf.field(7, nodes + constants + ports)
  }

  /// A constant of floats; its name.
  private mutating func floats(_ shape: [Int]) -> String {
    let count = shape.reduce(1, *)
    return constant(shape, type: 1, [UInt8](repeating: 0x3E, count: 4 * count))
  }

  private mutating func integers(_ values: [Int]) -> String {
    constant(
      [values.count], type: 7,
      values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } })
  }

  private mutating func constant(_ shape: [Int], type: Int, _ raw: [UInt8]) -> String {
    let name = "c\(constants.count)"
    constants += Protobuf.field(
      5,
      shape.flatMap { [0x08] + Protobuf.varint($0) } + [0x10] + Protobuf.varint(type)
        + Protobuf.text(8, name) + Protobuf.field(9, raw))
    return name
  }
}
