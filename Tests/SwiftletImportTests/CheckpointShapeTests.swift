import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// Networks as trainers change and save them.
@Suite struct CheckpointShapeTests {
  private let options = NetworkOptions(input: 64)

  private func file(_ tensors: [WeightTensor]) -> WeightFile {
    WeightFile(path: "net.pt", format: .pytorchZip, tensors: tensors)
  }

  private func mobileNet() throws -> [WeightTensor] {
    try formulaFile(.mobilenetV2, width: 0.35, classes: 3).tensors
  }

  private func zeros(_ name: String, _ shape: [Int]) -> WeightTensor {
    WeightTensor(name: name, shape: shape, values: .init(repeating: 0, count: shape.reduce(1, *)))
  }

  // MARK: Beside the network

  @Test func countersLossesMetricsAndMeansAreLeftOut() throws {
    let tensors = try mobileNet()
    let wrapped = tensors.map {
      WeightTensor(name: "model." + $0.name, shape: $0.shape, values: $0.values)
    }
    let others = [
      zeros("model.features.0.1.num_batches_tracked", []), zeros("criterion.weight", [3]),
      zeros("val_metrics.confmat", [3, 3]), zeros("train_acc.tp", [3]), zeros("mean", [3, 1, 1]),
      zeros("std", [3, 1, 1]), zeros("n_averaged", []), zeros("temperature", [1]),
    ]
    let network = try ModelImporter.network(file(others + wrapped), options: options)
    let plain = try ModelImporter.network(file(tensors), options: options)
    #expect(network.graph.hasSameNumbers(as: plain.graph))
    #expect(Set(network.report.ignored) == Set(others.map(\.name)))
    // All but the counters are said.
    let said = network.notes.filter { $0.contains("beside the network") }.joined()
    #expect(said.contains("criterion.weight") && !said.contains("num_batches"))
    #expect(said.contains("temperature"))
  }

  @Test func aLayerBesideTheNetworkIsNot() throws {
    let layer = zeros("neck.weight", [8, 8])
    #expect(
      networkProblem(file(try mobileNet() + [layer]), options)
        == .surplus(count: 1, first: ["neck.weight"], network: "mobilenet_v2 at width 0.35"))
    // A mean without a deviation could be anything.
    #expect(
      networkProblem(file(try mobileNet() + [zeros("features.0.mean", [16])]), options) != nil)
  }

  @Test func anAverageBesideTheModel() throws {
    let tensors = try mobileNet()
    let both =
      tensors.map { WeightTensor(name: "net." + $0.name, shape: $0.shape, values: $0.values) }
      + tensors.map { zeros("ema_net.module." + $0.name, $0.shape) }
    let trained = try ModelImporter.network(file(both), options: options)
    #expect(
      trained.graph.hasSameNumbers(
        as: try ModelImporter.network(file(tensors), options: options).graph))
    #expect(trained.notes.contains { $0.contains("--weights ema") })
    var wanted = options
    wanted.weights = .ema
    let averaged = try ModelImporter.network(file(both), options: wanted)
    let value = averaged.graph.nodes[0].inputs[1]
    #expect(averaged.graph.constant(value)?.floats?.allSatisfy { $0 == 0 } == true)
    #expect(averaged.notes.contains { $0.contains("--weights model") })
    #expect(networkProblem(file(tensors), wanted) == .noSuchWeights(.ema))
  }

  /// A mask of booleans beside a weight may be part of the network.
  @Test func integersBesideTheNetworkAreNamed() throws {
    let masked = WeightFile(
      path: "masked.pth", format: .pytorchZip, tensors: try mobileNet(),
      ignored: ["features.0.1.num_batches_tracked", "features.0.0.weight_mask"],
      integers: ["features.0.1.num_batches_tracked", "features.0.0.weight_mask"])
    let notes = try ModelImporter.network(masked, options: options).notes
    #expect(
      notes.contains {
        $0.contains("'features.0.0.weight_mask' stands beside the network and is left out")
      })
    #expect(!notes.contains { $0.contains("num_batches_tracked") })
  }

  // MARK: Classifiers

  @Test func aClassifierUnderAnotherName() throws {
    let tensors = try mobileNet().filter { !$0.name.hasPrefix("classifier.") }
    let head = [formulaTensor("head.fc.weight", [5, 1280]), formulaTensor("head.fc.bias", [5])]
    let network = try ModelImporter.network(file(tensors + head), options: options)
    #expect(network.outputs == 5 && network.task == .classes)
    let last = try #require(network.graph.nodes.last)
    #expect(network.graph.constant(last.inputs[1])?.floats == head[0].values)
    #expect(network.graph.constant(last.inputs[2])?.floats == head[1].values)
    // Without a bias there is none to add.
    let bare = try ModelImporter.network(file(tensors + head.prefix(1)), options: options)
    #expect(
      bare.graph.constant(try #require(bare.graph.nodes.last).inputs[2])?.floats
        == [0, 0, 0, 0, 0])
  }

  @Test func aClassifierOfSeveralLayersIsRefused() throws {
    let tensors = try mobileNet().filter { !$0.name.hasPrefix("classifier.") }
    let layers = [
      formulaTensor("classifier.1.weight", [16, 1280]), formulaTensor("classifier.1.bias", [16]),
      formulaTensor("classifier.4.weight", [3, 16]), formulaTensor("classifier.4.bias", [3]),
    ]
    #expect(
      networkProblem(file(tensors + layers), options)
        == .classifierLayers(
          ["classifier.1.weight", "classifier.4.weight"], network: "mobilenet_v2 at width 0.35"))
    // What stands before them can be had.
    let features = try ModelImporter.network(
      file(tensors + layers), options: NetworkOptions(input: 64, task: .features))
    #expect(features.outputs == 1280 && features.task == .features)
    #expect(features.graph.outputs.map(\.name) == ["features"])
  }

  @Test func noClassifierAtAll() throws {
    let tensors = try mobileNet().filter { !$0.name.hasPrefix("classifier.") }
    #expect(
      networkProblem(file(tensors), options) == .noClassifier(network: "mobilenet_v2 at width 0.35")
    )
    let network = try ModelImporter.network(
      file(tensors), options: NetworkOptions(input: 64, task: .features))
    #expect(network.outputs == 1280)
    // MobileNetV3 can end after the layer before its classifier, too.
    let large = try formulaFile(.mobilenetV3Small, width: 1, classes: 3).tensors
    let hidden = try ModelImporter.network(
      file(large.filter { !$0.name.hasPrefix("classifier.3.") }),
      options: NetworkOptions(input: 64, task: .features))
    #expect(hidden.outputs == 1024)
    let pooled = try ModelImporter.network(
      file(large), options: NetworkOptions(input: 64, task: .features))
    #expect(pooled.outputs == 576)
  }

  @Test func oneOutputIsAYesOrNo() throws {
    let one = try formulaFile(.mobilenetV2, width: 0.35, classes: 1)
    #expect(try ModelImporter.network(one, options: options).task == .multilabel)
    let three = try formulaFile(.mobilenetV2, width: 0.35, classes: 3)
    #expect(
      try ModelImporter.network(
        three, options: NetworkOptions(input: 64, task: .multilabel)
      ).task == .multilabel)
  }

  // MARK: Inputs and batch normalisations

  @Test(arguments: [1, 3, 4])
  func imagesOfOtherChannels(_ channels: Int) throws {
    let tensors = try mobileNet().map {
      $0.name == "features.0.0.weight" ? formulaTensor($0.name, [16, channels, 3, 3]) : $0
    }
    let network = try ModelImporter.network(file(tensors), options: options)
    #expect(network.channels == channels && network.width == 0.35)
    let input = network.graph.inputs[0].value
    #expect(network.graph.shape(of: input) == Shape(1, channels, 64, 64))
  }

  @Test func imagesThatAreNotSquare() throws {
    let network = try ModelImporter.network(
      file(try mobileNet()),
      options: NetworkOptions(input: InputSize(width: 96, height: 64)))
    #expect(network.graph.shape(of: network.graph.inputs[0].value) == Shape(1, 3, 64, 96))
    #expect("\(InputSize(width: 96, height: 64))" == "96x64" && "\(InputSize(64))" == "64")
  }

  /// Folded by hand: w · γ / √(v + ε) and β − m · γ / √(v + ε) give the same network.
  @Test func foldedBatchNorms() throws {
    let whole = try ModelImporter.network(file(try mobileNet()), options: options)
    var folded: [WeightTensor] = []
    let byName = Dictionary(uniqueKeysWithValues: try mobileNet().map { ($0.name, $0) })
    for layer in try Architecture.mobilenetV2.graph(
      Architecture.mobilenetV2.variant(width: 0.35, classes: 3)
    ).weightLayers {
      let weight = try #require(byName[layer.weight.name])
      guard let norm = layer.norm else {
        folded += [weight, try #require(byName[layer.biasName])]
        continue
      }
      func vector(_ parameter: WeightLayer.Parameter) throws -> [Float] {
        try #require(byName[parameter.name]).values
      }
      let (gamma, beta) = (try vector(norm.gamma), try vector(norm.beta))
      let (mean, variance) = (try vector(norm.mean), try vector(norm.variance))
      let gains = zip(gamma, variance).map { Double($0) / (Double($1) + 1e-5).squareRoot() }
      let share = weight.values.count / gains.count
      folded.append(
        WeightTensor(
          name: weight.name, shape: weight.shape,
          values: weight.values.enumerated().map { Float(Double($1) * gains[$0 / share]) }))
      folded.append(
        WeightTensor(
          name: layer.biasName, shape: [gains.count],
          values: gains.indices.map { Float(Double(beta[$0]) - Double(mean[$0]) * gains[$0]) }))
    }
    let network = try ModelImporter.network(file(folded), options: options)
    #expect(network.report.method == .name)
    // There is no epsilon left to guess.
    #expect(!network.notes.contains { $0.contains("epsilon") })
    let image = ArchitectureRandomTests.smoothImage(64, seed: 2)
    let found = try logits(network.graph.reference(), image)
    #expect(relativeError(found, try logits(whole.graph.reference(), image)) < 1e-4)
  }
}
