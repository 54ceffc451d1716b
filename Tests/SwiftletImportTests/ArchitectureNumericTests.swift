import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// Whether the built-in architectures compute what PyTorch's do.
@Suite struct ArchitectureNumericTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let fixture: String
    let architecture: Architecture
    let width: Double
    let side: Int
    var padding = PaddingStyle.symmetric
    var activation: Activation?
    /// Of batch normalisations.
    var gain: Float = 1

    var testDescription: String { fixture }
  }

  static let cases = [
    Case(fixture: "mobilenet_v2_w1.0_96", architecture: .mobilenetV2, width: 1, side: 96),
    Case(fixture: "mobilenet_v2_w0.35_75", architecture: .mobilenetV2, width: 0.35, side: 75),
    Case(
      fixture: "mobilenet_v2_w0.5_96_same", architecture: .mobilenetV2, width: 0.5, side: 96,
      padding: .same),
    Case(
      fixture: "mobilenet_v3_small_w1.0_96", architecture: .mobilenetV3Small, width: 1, side: 96),
    Case(
      fixture: "mobilenet_v3_small_w0.5_75", architecture: .mobilenetV3Small, width: 0.5, side: 75),
    Case(
      fixture: "mobilenet_v3_small_w0.75_64_same", architecture: .mobilenetV3Small, width: 0.75,
      side: 64, padding: .same),
    Case(
      fixture: "mobilenet_v3_large_w1.0_96", architecture: .mobilenetV3Large, width: 1, side: 96),
    Case(
      fixture: "mobilenet_v3_large_w0.5_75", architecture: .mobilenetV3Large, width: 0.5, side: 75),
    Case(fixture: "mobilenet_v1_w0.5_96", architecture: .mobilenetV1, width: 0.5, side: 96),
    Case(
      fixture: "mobilenet_v1_w0.25_75_same_relu", architecture: .mobilenetV1, width: 0.25, side: 75,
      padding: .same, activation: .relu),
    Case(fixture: "fd_mobilenet_w0.5_96", architecture: .fdMobilenet, width: 0.5, side: 96),
    Case(fixture: "mnasnet_w0.5_64", architecture: .mnasnet, width: 0.5, side: 64),
    Case(fixture: "efficientnet_b0_w1.0_64", architecture: .efficientnetB0, width: 1, side: 64),
    Case(fixture: "resnet18_w1.0_64", architecture: .resnet18, width: 1, side: 64),
    Case(fixture: "resnet50_w1.0_64", architecture: .resnet50, width: 1, side: 64),
    Case(fixture: "efficientnet_b2_w1.0_64", architecture: .efficientnetB2, width: 1, side: 64),
    Case(
      fixture: "efficientnet_lite1_w1.0_64_same", architecture: .efficientnetLite1, width: 1,
      side: 64, padding: .same),
    Case(
      fixture: "efficientnet_v2_s_w1.0_64_gain0.75", architecture: .efficientnetV2Small, width: 1,
      side: 64, gain: 0.75),
    Case(fixture: "shufflenet_v2_x1_0_w1.0_64", architecture: .shufflenetV2x10, width: 1, side: 64),
    Case(fixture: "shufflenet_v2_x0_5_w1.0_75", architecture: .shufflenetV2x05, width: 1, side: 75),
    Case(fixture: "shufflenet_v1_x1_0_w1.0_75", architecture: .shufflenetV1x10, width: 1, side: 75),
    Case(fixture: "mnasnet_a1_w1.0_64", architecture: .mnasnetA1, width: 1, side: 64),
    Case(
      fixture: "mobilenetv4_conv_small_w1.0_64", architecture: .mobilenetV4ConvSmall, width: 1,
      side: 64),
    Case(
      fixture: "mobilenetv4_conv_medium_w1.0_64", architecture: .mobilenetV4ConvMedium, width: 1,
      side: 64),
  ]

  @Test(arguments: cases)
  func logitsEqualPyTorchs(_ test: Case) throws {
    let expected = try NumpyArray(
      path: repositoryRoot + "/Tests/SwiftletImportTests/Fixtures/\(test.fixture).npy")
    let file = try formulaFile(test.architecture, width: test.width, classes: 40) {
      formulaTensor($0, $1, gain: test.gain)
    }
    // Architecture and width are recognised, not given.
    let network = try ModelImporter.network(
      file,
      options: NetworkOptions(
        input: InputSize(test.side), padding: test.padding, activation: test.activation))
    #expect(network.architecture == test.architecture)
    #expect(network.outputs == 40)

    let shape = Shape(1, test.side, test.side, 3)
    let image = FloatTensor(shape: shape, values: formulaUnits("input", shape.count))
    let found = try logits(network.graph.reference(), image)
    #expect(relativeError(found, expected.values) < 1e-4)
  }

  /// The graph as the file states it, before any pass, is the same network. It has strides,
  /// squeeze-and-excitation, residuals and odd image sizes.
  @Test func theGraphBeforePassesComputesTheSame() throws {
    let expected = try NumpyArray(
      path: repositoryRoot
        + "/Tests/SwiftletImportTests/Fixtures/mobilenet_v3_small_w0.5_75.npy")
    let network = try ModelImporter.network(
      formulaFile(.mobilenetV3Small, width: 0.5, classes: 40), options: NetworkOptions(input: 75))
    let image = FloatTensor(
      shape: Shape(1, 75, 75, 3), values: formulaUnits("input", 75 * 75 * 3))
    let direct = logits(network.graph, channelsFirst(image))
    #expect(relativeError(direct, expected.values) < 1e-4)
    #expect(try relativeError(logits(network.graph.reference(), image), direct) < 1e-5)
  }
}

/// The trained networks of the shared data, on real images.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.missing)))
struct TrainedNetworkTests {
  @Test(arguments: [
    ("cifar10_mobilenet_v2_w0.5", "pt", Architecture.mobilenetV2),
    ("cifar10_mobilenet_v2_w0.5", "legacy.pth", .mobilenetV2),
    ("cifar10_mobilenet_v2_w0.5", "safetensors", .mobilenetV2),
    ("cifar10_mobilenet_v3_small", "pt", .mobilenetV3Small),
    ("cifar10_mobilenet_v3_large", "safetensors", .mobilenetV3Large),
    ("cifar10_shufflenet_v2_x0_5", "pt", .shufflenetV2x05),
  ])
  func logitsOfTheFirstEightImages(
    _ name: String, _ kind: String, _ architecture: Architecture
  ) throws {
    let images = try NumpyArray(path: SharedData.path("reference/first8_test_input_f32_NCHW.npy"))
    let expected = try NumpyArray(
      path: SharedData.path("reference/\(name).test2000_logits_f32.npy"))
    let side = images.shape[3]
    let network = try ModelImporter.load(
      SharedData.path("weights/\(name).\(kind)"), options: NetworkOptions(input: InputSize(side)))
    #expect(network.architecture == architecture)
    #expect(network.outputs == 10)
    #expect(network.report.method == .name)

    let executor = FloatExecutor(try network.graph.reference())
    let shape = Shape(1, side, side, 3)
    for index in 0..<images.shape[0] {
      let planar = Array(images.values[index * shape.count..<(index + 1) * shape.count])
      let image = FloatTensor(
        shape: shape, values: channelsLast(planar, outer: 1, channels: 3, area: side * side))
      let logits = executor.run([image])[0].values
      #expect(relativeError(logits, Array(expected.values[index * 10..<index * 10 + 10])) < 1e-4)
    }
  }

  @Test func kerasNamesGiveTheSameGraphAsPyTorchNames() throws {
    let stem = "weights/v1_0.25_224_imagenet."
    let byName = try ModelImporter.load(
      SharedData.path(stem + "pytorch_names.safetensors"), options: NetworkOptions())
    let byOrder = try ModelImporter.load(
      SharedData.path(stem + "keras_names.safetensors"), options: NetworkOptions())
    #expect(byName.report.method == .name)
    #expect(byOrder.report.method == .name)
    #expect(byName.architecture == .mobilenetV1 && byOrder.architecture == .mobilenetV1)
    #expect(byName.width == 0.25 && byOrder.width == 0.25)
    #expect(byName.notes.contains("padding same, from the file's metadata"))
    #expect(byOrder.notes.contains("padding same, from the file's metadata"))
    // The layers are called otherwise, and are the same.
    #expect(byOrder.graph.nodes[0].name == "conv1")
    func constants(_ network: ImportedNetwork) -> [[Float]] {
      network.graph.nodes.flatMap { $0.inputs.compactMap { network.graph.constant($0)?.floats } }
    }
    #expect(byName.graph.nodes.map(\.operation.name) == byOrder.graph.nodes.map(\.operation.name))
    #expect(constants(byName) == constants(byOrder) && constants(byName).count == 137)
    #expect(
      byOrder.report.pairs.contains {
        $0.parameter == "features.10.1.running_mean" && $0.tensor == "conv_dw_10_bn.running_mean"
      })
  }

  @Test func fdMobileNetIsFoundByItsOwnNames() throws {
    let network = try ModelImporter.load(
      SharedData.path("weights/fdmobilenet_0.5x_224_imagenet.pth.tar"), options: NetworkOptions())
    #expect(network.architecture == .fdMobilenet)
    #expect(network.width == 0.5)
    #expect(network.report.method == .name)
  }

  @Test func foreignNetworksAreRefusedWithTheKnownNames() {
    do {
      _ = try ModelImporter.load(
        SharedData.path("weights/resnet20_cifar10.th"), options: NetworkOptions())
      Issue.record("a ResNet-20 was taken for one of the built-in networks")
    } catch {
      let message = "\(error)"
      #expect(message.contains("--arch") && message.contains("mobilenet_v3_large"))
    }
  }
}
