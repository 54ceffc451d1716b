import Foundation
import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// Networks under the names that other people give their layers.
@Suite struct NamingTests {
  /// A network in `names.txt`, which `Tools/fixtures/make_names.py` wrote from the owners' own code.
  struct Owner: Sendable, CustomTestStringConvertible {
    let naming: Naming
    let architecture: Architecture
    /// Each module that has a weight, with its shape.
    let modules: [(name: String, shape: [Int])]

    var testDescription: String { "\(naming.rawValue)'s \(architecture.rawValue)" }

    /// The weight, and what else a module of this shape has.
    var tensors: [WeightTensor] {
      modules.flatMap { module -> [WeightTensor] in
        let weight = formulaTensor("\(module.name).weight", module.shape)
        let count = module.shape[0]
        if module.shape.count == 1 {
          return [weight]
            + ["bias", "running_mean", "running_var"].map {
              formulaTensor("\(module.name).\($0)", [count])
            }
        }
        let isFollowed = !Owner.hasBias(module.name)
        return [weight] + (isFollowed ? [] : [formulaTensor("\(module.name).bias", [count])])
      }
    }

    /// Convolutions before a batch normalisation have none.
    private static func hasBias(_ name: String) -> Bool {
      name.contains(".se.") || name.contains("squeeze_excite") || name.hasSuffix("classifier")
        || name.hasSuffix("classifier.1") || name == "conv_head"
    }
  }

  static let owners: [Owner] = {
    let path = repositoryRoot + "/Tests/SwiftletImportTests/Fixtures/names.txt"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    var owners: [Owner] = []
    for section in text.components(separatedBy: "== ").dropFirst() {
      let lines = section.split(separator: "\n")
      let words = lines[0].split(separator: " ").map(String.init)
      let modules = lines.dropFirst().map { line -> (name: String, shape: [Int]) in
        let parts = line.split(separator: " ")
        return (String(parts[0]), parts[1].split(separator: "x").compactMap { Int($0) })
      }
      guard let architecture = Architecture(rawValue: words[1]) else { continue }
      owners.append(
        Owner(
          naming: words[0] == "timm" ? .timm : .huggingFace, architecture: architecture,
          modules: modules))
    }
    return owners
  }()

  private func file(_ owner: Owner, _ tensors: [WeightTensor]) -> WeightFile {
    // conv_head has a bias only where no batch normalisation follows it.
    let hasNorm = owner.modules.contains { $0.name == "bn2" }
    let kept = tensors.filter { !hasNorm || $0.name != "conv_head.bias" }
    return WeightFile(path: "owner.safetensors", format: .safetensors, tensors: kept)
  }

  @Test func thereAreThirteen() { #expect(Self.owners.count == 13) }

  /// In the order of the modules, sorted as safetensors files are, and reversed.
  @Test(arguments: owners, 0..<3)
  func everyTensorFindsItsLayer(_ owner: Owner, _ order: Int) throws {
    var tensors = owner.tensors
    if order == 1 { tensors.sort { $0.name < $1.name } }
    if order == 2 { tensors.reverse() }
    let file = file(owner, tensors)
    let network = try ModelImporter.network(file, options: NetworkOptions(input: 64))
    #expect(network.architecture == owner.architecture && network.outputs == 7)
    #expect(network.report.method == .name)
    #expect(network.report.pairs.count == file.tensors.count)
    // The graph's layers are called as their owner calls them, so that each has its own tensors.
    for node in network.graph.nodes {
      guard let linear = node.operation.definition.linear else { continue }
      let weight = try #require(network.graph.constant(node.inputs[linear.weightInput]))
      #expect(weight.name.hasSuffix("\(node.name).weight"), "\(node.name)")
    }
    #expect(network.notes.contains { $0.contains("taken as \(owner.naming.rawValue) has it") })
  }

  /// timm: https://github.com/huggingface/pytorch-image-models (BatchNorm2d's 1e-5, symmetric); for its
  /// tf_ networks BN_EPS_TF_DEFAULT = 1e-3 and SAME. transformers: layer_norm_eps and batch_norm_eps of
  /// the configurations are 0.001, and tf_padding is true; its EfficientNets pad by `correct_pad` whatever
  /// the size. Of the blocks the stem's has no residual, and the first of an EfficientNet's stage.
  @Test(arguments: owners)
  func namesTellEpsilonAndPadding(_ owner: Owner) throws {
    let network = try ModelImporter.network(
      file(owner, owner.tensors), options: NetworkOptions(input: 64))
    let isTensorFlows =
      owner.naming == .huggingFace && ![.resnet18, .resnet50].contains(owner.architecture)
    #expect(network.epsilon == (isTensorFlows ? 1e-3 : 1e-5))
    let isEven = owner.naming == .huggingFace && owner.architecture == .efficientnetB0
    #expect(network.padding == (isEven ? .even : isTensorFlows ? .same : .symmetric))
    let isFewer = owner.naming == .huggingFace && owner.architecture == .mobilenetV2
    #expect(
      network.convention.residuals
        == (isEven ? .notOfFirstInStage : isFewer ? .notOfFirstBlock : .all))
  }

  /// Where a narrow network's first block gives as many channels as it reads, torchvision's adds them up
  /// and Hugging Face's does not.
  @Test func residualsOfNarrowNetworks() throws {
    func additions(_ architecture: Architecture, _ residuals: Residuals) throws -> Int {
      var variant = architecture.variant(width: 0.25, classes: 4)
      variant.convention.residuals = residuals
      return try architecture.graph(variant).nodes.count { node in
        if case .add = node.operation { true } else { false }
      }
    }
    // Stem 8, first stage 8; and of stages 6 and 7, of 24 and 40 or 48 and 80 channels, none are equal.
    #expect(try additions(.mobilenetV2, .all) == additions(.mobilenetV2, .notOfFirstBlock) + 1)
    #expect(try additions(.efficientnetB0, .all) > additions(.efficientnetB0, .notOfFirstInStage))
    #expect(try additions(.efficientnetB0, .notOfFirstInStage) == 9)
  }

  /// transformers' `correct_pad`: (k/2 − 1, k/2) at stride 2, whatever the size; k/2 at stride 1.
  @Test func evenPadding() {
    for side in [64, 65] {
      let image = ImageShape(height: side, width: side, channels: 3)
      let three = PaddingStyle.even.window(image, kernel: 3, stride: 2).padding
      #expect(three == Padding(top: 0, left: 0, bottom: 1, right: 1))
      let five = PaddingStyle.even.window(image, kernel: 5, stride: 2).padding
      #expect(five == Padding(top: 1, left: 1, bottom: 2, right: 2))
      #expect(PaddingStyle.even.window(image, kernel: 5, stride: 1).padding == Padding(all: 2))
    }
  }

  @Test func timmsNetworksFromTensorFlow() throws {
    let owner = try #require(
      Self.owners.first { $0.naming == .timm && $0.architecture == .efficientnetB0 })
    let plain = file(owner, owner.tensors)
    func convention(path: String, _ metadata: [String: String] = [:]) throws -> NetworkConvention {
      try ModelImporter.network(
        WeightFile(
          path: path, format: .safetensors, tensors: plain.tensors, metadata: metadata),
        options: NetworkOptions(input: 64)
      ).convention
    }
    for found in [
      try convention(path: "/models/tf_efficientnet_b0.pth"),
      try convention(path: "x.pth", ["arch": "tf_efficientnet_b0"]),
    ] {
      #expect(found.epsilon == 1e-3 && found.padding == .same)
    }
    let other = try convention(path: "/tf_models/efficientnet_b0.pth")
    #expect(other.epsilon == 1e-5 && other.padding == .symmetric)
    // What may be a twin is said.
    let notes = try ModelImporter.network(plain, options: NetworkOptions(input: 64)).notes
    #expect(notes.contains { $0.contains("tf_") && $0.contains("--padding same") })
  }

  @Test func optionsGoBeforeNames() throws {
    let options = NetworkOptions(
      input: 64, padding: .same, activation: .relu, epsilon: 0.01, firstStride: 1)
    let network = try ModelImporter.network(
      formulaFile(.mobilenetV2, width: 0.35, classes: 3), options: options)
    #expect(network.padding == .same && network.activation == .relu)
    #expect(network.epsilon == 0.01 && network.firstStride == 1)
    guard case .conv2D(let stem) = network.graph.nodes[0].operation,
      case .batchNorm(let norm) = network.graph.nodes[1].operation,
      case .activation(let activation) = network.graph.nodes[2].operation
    else {
      Issue.record("the network does not begin with a normalised convolution")
      return
    }
    #expect(stem.window.strideWidth == 1 && norm.epsilon == 0.01 && activation == .relu)
    // Nothing was guessed, so nothing is said of it.
    #expect(!network.notes.contains { $0.contains("not in the file") })
  }

  /// Where the gate of a MobileNetV3 stands is in no file of weights.
  @Test func gatesByOrderAreRefused() throws {
    let file = try formulaFile(.mobilenetV3Small, width: 1, classes: 4) { name, shape in
      formulaTensor("x_" + name, shape)
    }
    var options = NetworkOptions(
      input: 64, padding: .symmetric, activation: .hardSwish, epsilon: 1e-5, firstStride: 2)
    #expect(
      throws: ImportError.network(
        file: "formula.pt",
        problem: .undecided(network: "mobilenet_v3_small at width 1.0", options: []))
    ) { try ModelImporter.network(file, options: options) }
    // Unless the owner's outputs are going to prove it.
    options.isProven = true
    #expect(try ModelImporter.network(file, options: options).report.method != .name)
  }
}
