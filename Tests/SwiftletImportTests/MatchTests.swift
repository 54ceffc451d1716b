import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// How tensors find their layers.
@Suite struct MatchTests {
  private let options = NetworkOptions(input: 64)
  /// What the shapes of weights leave open, said.
  private let settled = NetworkOptions(
    input: 64, padding: .symmetric, activation: .relu6, epsilon: 1e-5, firstStride: 2)

  private func changed(
    _ file: WeightFile, _ change: (inout [WeightTensor]) -> Void
  ) -> WeightFile {
    var tensors = file.tensors
    change(&tensors)
    return WeightFile(
      path: file.path, format: file.format, tensors: tensors, metadata: file.metadata)
  }

  private func renamed(_ file: WeightFile, _ name: (String) -> String) -> WeightFile {
    changed(file) { tensors in
      tensors = tensors.map {
        WeightTensor(name: name($0.name), shape: $0.shape, values: $0.values)
      }
    }
  }

  // MARK: By name

  @Test func aPrefixIsTakenOff() throws {
    let file = try formulaFile(.mobilenetV2, width: 0.35, classes: 3)
    let plain = try ModelImporter.network(file, options: options)
    let wrapped = try ModelImporter.network(
      renamed(file) { "model.backbone." + $0 }, options: options)
    #expect(wrapped.report.method == .name)
    #expect(plain.graph.hasSameNumbers(as: wrapped.graph))
    #expect(wrapped.width == 0.35)
  }

  @Test func aMissingTensorIsNamed() throws {
    let file = try changed(formulaFile(.mobilenetV3Small, width: 0.5, classes: 3)) {
      $0.removeAll { $0.name == "features.4.block.1.1.running_var" }
    }
    #expect(
      networkProblem(file, options)
        == .missing(
          tensor: "features.4.block.1.1.running_var", expected: [48],
          network: "mobilenet_v3_small at width 0.5"))
  }

  @Test func aMisshapenTensorIsNamedWithBothShapes() throws {
    let name = "features.2.conv.1.0.weight"
    let file = try changed(formulaFile(.mobilenetV2, width: 1, classes: 3)) { tensors in
      tensors = tensors.map { $0.name == name ? formulaTensor(name, [96, 1, 5, 5]) : $0 }
    }
    let found = networkProblem(file, options)
    #expect(
      found
        == .misshapen(
          tensor: name, expected: [96, 1, 3, 3], found: [96, 1, 5, 5],
          network: "mobilenet_v2 at width 1.0"))
    let message =
      "\(ImportError.network(file: "net.pt", problem: .unrecognized(tensors: 0, first: [])))"
    #expect(message.contains("net.pt") && message.contains("--arch"))
  }

  @Test func surplusTensorsAreNamed() throws {
    let file = try changed(formulaFile(.mobilenetV2, width: 0.5, classes: 3)) {
      $0.append(formulaTensor("auxiliary.weight", [3, 7]))
      $0.append(formulaTensor("auxiliary.bias", [3]))
    }
    #expect(
      networkProblem(file, options)
        == .surplus(
          count: 1, first: ["auxiliary.weight"],
          network: "mobilenet_v2 at width 0.5"))
  }

  @Test func anotherNetworkThanAskedForIsNamed() throws {
    let file = try formulaFile(.mobilenetV2, width: 0.5, classes: 3)
    #expect(
      networkProblem(file, NetworkOptions(architecture: .mobilenetV2, width: 1, input: 64))
        == .otherNetwork(asked: "mobilenet_v2 at width 1.0", found: "mobilenet_v2 at width 0.5"))
    #expect(
      networkProblem(file, NetworkOptions(architecture: .mobilenetV3Large, input: 64))
        == .otherNetwork(asked: "mobilenet_v3_large", found: "mobilenet_v2 at width 0.5"))
  }

  @Test func aWidthAloneIsHeldAgainstTheShapes() throws {
    let file = try formulaFile(.mobilenetV2, width: 0.5, classes: 3)
    #expect(
      networkProblem(file, NetworkOptions(width: 1, input: 64))
        == .misshapen(
          tensor: "features.0.0.weight", expected: [32, 3, 3, 3], found: [16, 3, 3, 3],
          network: "mobilenet_v2 at width 1.0"))
  }

  @Test func aConvolutionMayHaveABiasBeforeItsBatchNorm() throws {
    let bias = formulaTensor("features.0.0.bias", [16])
    let file = try changed(formulaFile(.mobilenetV3Small, width: 1, classes: 3)) { $0.append(bias) }
    let network = try ModelImporter.network(file, options: options)
    let stem = network.graph.nodes[0]
    try #require(stem.inputs.count == 3)
    #expect(network.graph.constant(stem.inputs[2])?.floats == bias.values)
    // And it counts: the batch normalisation's mean is taken off after it.
    let plain = try ModelImporter.network(
      formulaFile(.mobilenetV3Small, width: 1, classes: 3), options: options)
    let image = ArchitectureRandomTests.smoothImage(64, seed: 1)
    let (with, without) = (
      try logits(network.graph.reference(), image), try logits(plain.graph.reference(), image)
    )
    #expect(relativeError(with, without) > 1e-3)
  }

  /// A weight exists once: the graph's constants are the file's arrays.
  @Test func constantsShareTheMemoryOfTheTensors() throws {
    let file = try formulaFile(.mobilenetV2, width: 0.35, classes: 3)
    let graph = try ModelImporter.network(file, options: options).graph
    func address(_ values: [Float]) -> UnsafePointer<Float>? {
      values.withUnsafeBufferPointer(\.baseAddress)
    }
    let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.values) })
    var count = 0
    for value in graph.values {
      guard let constant = graph.constant(value) else { continue }
      let values = try #require(constant.floats)
      let tensor = try #require(tensors[constant.name])
      #expect(address(values) == address(tensor), "\(constant.name)")
      count += 1
    }
    #expect(count == file.tensors.count)
  }

  @Test func takingTheGraphLeavesNone() throws {
    var network = try ModelImporter.network(
      formulaFile(.mobilenetV2, width: 0.35, classes: 3), options: options)
    let count = network.graph.nodes.count
    #expect(network.activation == .relu6)
    #expect(network.takeGraph().nodes.count == count && count > 100)
    #expect(network.graph.nodes.isEmpty && network.graph.valueCount == 0)
  }

  @Test func valuesNoNetworkCanUseAreRefused() throws {
    let file = try formulaFile(.mobilenetV2, width: 0.35, classes: 3)
    func with(_ name: String, _ index: Int, _ value: Float) -> WeightFile {
      changed(file) { tensors in
        tensors = tensors.map { tensor in
          guard tensor.name == name else { return tensor }
          var values = tensor.values
          values[index] = value
          return WeightTensor(name: name, shape: tensor.shape, values: values)
        }
      }
    }
    #expect(
      networkProblem(with("classifier.1.weight", 5, .nan), options)
        == .notFinite(tensor: "classifier.1.weight", index: 5))
    #expect(
      networkProblem(with("features.0.1.running_var", 2, -0.5), options)
        == .negativeVariance(tensor: "features.0.1.running_var", index: 2, value: -0.5))
  }

  // MARK: By order and shape

  /// Names as TensorFlow's slim and MXNet write them, and names that say nothing but their order.
  @Test(arguments: 0..<4)
  func foreignNamesGiveTheSameGraph(_ style: Int) throws {
    let file = try formulaFile(.mobilenetV1, width: 0.5, classes: 5)
    let plain = try ModelImporter.network(file, options: options)
    let graph = try Architecture.mobilenetV1.graph(
      Architecture.mobilenetV1.variant(width: 0.5, classes: 5))
    var names: [String: String] = [:]
    for (index, layer) in graph.weightLayers.enumerated() {
      let shape = layer.weight.shape
      let kind = shape.count == 2 ? "logits" : shape[1] == 1 ? "dw" : "pw"
      let normName = layer.norm.map { String($0.gamma.name.dropLast(".weight".count)) }
      switch style {
      case 0:
        names["\(layer.name).weight"] = "Net/Conv_\(index)_\(kind)/weights:0"
        names["\(layer.name).bias"] = "Net/Conv_\(index)_\(kind)/biases:0"
        let norm = "Net/Conv_\(index)_\(kind)/BatchNorm"
        if let own = normName { rename(own, norm, ["gamma:0", "beta:0"], &names) }
      case 1:
        names["\(layer.name).weight"] = "conv\(index)_\(kind)_weight"
        names["\(layer.name).bias"] = "conv\(index)_\(kind)_bias"
        if let own = normName {
          rename(own, "batchnorm\(index)_\(kind)", ["gamma", "beta"], separator: "_", &names)
        }
      case 2:
        names["\(layer.name).weight"] = "net.\(2 * index).weight"
        names["\(layer.name).bias"] = "net.\(2 * index).bias"
        if let own = normName {
          rename(own, "net.\(2 * index + 1)", ["weight", "bias"], &names)
        }
      default:
        names["\(layer.name).weight"] = "\(kind)_\(index)/kernel"
        names["\(layer.name).bias"] = "\(kind)_\(index)/bias"
        if let own = normName { rename(own, "\(kind)_\(index)_bn", ["scale", "offset"], &names) }
      }
    }
    let foreign = renamed(file) { names[$0] ?? $0 }
    // Order proves nothing by itself.
    #expect(
      networkProblem(foreign, options)
        == .undecided(
          network: "mobilenet_v1 at width 0.5",
          options: ["--padding", "--bn-eps", "--first-stride", "--activation"]))
    let options = settled
    let network = try ModelImporter.network(foreign, options: options)
    #expect(network.report.method == .fileOrder)
    #expect(plain.graph.hasSameNumbers(as: network.graph))

    // Sorted by bytes, as safetensors files are: 10 before 2.
    let sorted = changed(foreign) { $0.sort { $0.name < $1.name } }
    let again = try ModelImporter.network(sorted, options: options)
    #expect(again.report.method == .naturalOrder)
    #expect(plain.graph.hasSameNumbers(as: again.graph))
  }

  private func rename(
    _ own: String, _ norm: String, _ affine: [String], separator: String = "/",
    _ names: inout [String: String]
  ) {
    let mark = affine[0] == "weight" ? "." : separator
    names["\(own).weight"] = norm + mark + affine[0]
    names["\(own).bias"] = norm + mark + affine[1]
    names["\(own).running_mean"] = norm + mark + "moving_mean"
    names["\(own).running_var"] = norm + mark + "moving_variance"
  }

  @Test func aLayerWithoutWeightsIsNamed() throws {
    let file = try changed(
      renamed(formulaFile(.mobilenetV1, width: 0.5, classes: 5)) { "x_" + $0 }
    ) { tensors in
      tensors.removeAll { $0.name.hasPrefix("x_features.13.3.") }
    }
    var options = settled
    options.architecture = .mobilenetV1
    options.width = 0.5
    guard case .unmatched(let layer, let expected, _, _)? = networkProblem(file, options) else {
      Issue.record("the missing layer was not reported")
      return
    }
    #expect(layer == "features.13.3" && expected == [512, 512, 1, 1])
  }

  @Test(arguments: [
    ("conv_dw_1_bn.running_mean", "conv_dw_1_bn", TensorRole.mean),
    ("MobilenetV1/Conv2d_1_depthwise/depthwise_weights", "MobilenetV1/Conv2d_1_depthwise", .weight),
    ("conv1/kernel:0", "conv1", .weight), ("bn1_moving_var", "bn1", .variance),
    ("block.gamma", "block", .weight), ("head.biases", "head", .bias),
  ])
  func rolesAreReadFromNames(_ name: String, _ stem: String, _ role: TensorRole) {
    let found = TensorRole.split(name)
    #expect(found?.stem == stem && found?.role == role)
    #expect(TensorRole.split("optimizer.step") == nil)
  }

  @Test func numbersInNamesCountAsNumbers() {
    let names = ["conv_10.a", "conv_2.b", "conv_2.a", "conv", "conv_2"]
    #expect(
      names.sorted(by: naturallyPrecedes) == [
        "conv", "conv_2", "conv_2.a", "conv_2.b", "conv_10.a",
      ])
  }

  // MARK: Recognition and options

  @Test(arguments: Architecture.allCases)
  func everyArchitectureIsRecognisedByShapesAlone(_ architecture: Architecture) throws {
    let width = architecture.hasWidth ? 0.75 : 1
    let file = try formulaFile(architecture, width: width, classes: 11) { name, shape in
      WeightTensor(
        name: "x_" + name, shape: shape,
        values: [Float](repeating: 0, count: shape.reduce(1, *)))
    }
    let found = try Recognition(file, options)
    #expect(found.architecture == architecture)
    #expect(found.width == width)
    #expect(found.classes == 11)
  }

  @Test func anUnusualWidthIsFound() throws {
    let found = try Recognition(formulaFile(.mobilenetV1, width: 0.6, classes: 4), options)
    #expect(found.width == 0.6)
  }

  @Test func unknownTensorsListTheKnownNetworks() {
    let file = WeightFile(
      path: "x.pt", format: .pytorchZip, tensors: [formulaTensor("a.weight", [4, 3, 3, 3])])
    #expect(networkProblem(file, options) == .unrecognized(tensors: 1, first: ["a.weight"]))
    let message = "\(NetworkProblem.unrecognized(tensors: 1, first: ["a.weight"]))"
    for architecture in Architecture.allCases { #expect(message.contains(architecture.rawValue)) }
  }

  @Test func anEmptyFileIsRefused() {
    let file = WeightFile(path: "x.pt", format: .pytorchZip, tensors: [])
    let given = NetworkOptions(architecture: .mobilenetV2)
    #expect(networkProblem(file, options) == .unrecognized(tensors: 0, first: []))
    #expect(networkProblem(file, given) == .unrecognized(tensors: 0, first: []))
  }

  @Test func metadataDecidesPaddingAndEpsilon() throws {
    let stated = try formulaFile(
      .mobilenetV1, width: 0.25, classes: 3, metadata: ["padding": "same", "bn_eps": "0.002"])
    let network = try ModelImporter.network(stated, options: options)
    #expect(network.padding == .same)
    guard case .conv2D(let stem) = network.graph.nodes[0].operation,
      case .batchNorm(let norm) = network.graph.nodes[1].operation
    else {
      Issue.record("the network does not start with a convolution and a batch norm")
      return
    }
    #expect(stem.window.padding == Padding(top: 0, left: 0, bottom: 1, right: 1))
    #expect(norm.epsilon == 0.002)
    var forced = options
    forced.padding = .symmetric
    let symmetric = try ModelImporter.network(stated, options: forced)
    #expect(symmetric.padding == .symmetric)
    guard case .conv2D(let other) = symmetric.graph.nodes[0].operation else {
      Issue.record("the network does not start with a convolution")
      return
    }
    #expect(other.window.padding == Padding(all: 1))
  }

  @Test func optionsOutsideTheirRange() throws {
    let file = try formulaFile(.mobilenetV2, width: 0.35, classes: 3)
    func name(_ options: NetworkOptions) -> String? {
      guard case .option(let name, _, _)? = networkProblem(file, options) else { return nil }
      return name
    }
    #expect(name(NetworkOptions(width: 0)) == "width")
    #expect(name(NetworkOptions(width: .nan)) == "width")
    #expect(name(NetworkOptions(input: 0)) == "input")
    #expect(name(NetworkOptions(input: 5000)) == "input")
    #expect(name(NetworkOptions(input: InputSize(width: 64, height: 0))) == "input")
    #expect(name(NetworkOptions(activation: .sigmoid)) == "activation")
    #expect(name(NetworkOptions(epsilon: 1)) == "bn-eps")
    #expect(name(NetworkOptions(epsilon: -1e-9)) == "bn-eps")
    #expect(name(NetworkOptions(firstStride: 3)) == "first-stride")
    #expect(name(NetworkOptions(classes: 0)) == "classes")
    #expect(
      networkProblem(file, NetworkOptions(architecture: .resnet18, width: 0.5))
        == .optionNotApplicable("width", architecture: .resnet18))
  }

  /// TensorFlow's rule, by hand: 224, 3, 2 → 1; 75, 3, 2 → 37 · 2 + 3 − 75 = 2; 14, 5, 2 → 3;
  /// 7, 5, 1 → 4; 8, 1, 2 → 0.
  @Test(arguments: [(224, 3, 2, 1), (75, 3, 2, 2), (14, 5, 2, 3), (7, 5, 1, 4), (8, 1, 2, 0)])
  func samePaddingRule(_ length: Int, _ kernel: Int, _ stride: Int, _ total: Int) {
    #expect(samePadding(length, kernel: kernel, stride: stride) == total)
  }

  /// Two outputs, two channels, three pixels.
  @Test func channelsMoveLast() {
    #expect(
      channelsLast([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], outer: 2, channels: 2, area: 3)
        == [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12])
  }
}
