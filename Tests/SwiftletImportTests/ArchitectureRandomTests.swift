import SwiftletGraph
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// Networks with random weights.
@Suite struct ArchitectureRandomTests {
  /// Smooth noise with mean 0 and variance 1: a coarse random grid, interpolated.
  static func smoothImage(_ side: Int, seed: UInt64) -> FloatTensor {
    var generator = SplitMix64(seed: seed)
    let cells = 8
    let grid = (0..<(cells + 1) * (cells + 1) * 3).map { _ in generator.nextSignedUnit() * 2.6 }
    var image = FloatTensor(
      shape: Shape(1, side, side, 3), repeating: 0)
    for y in 0..<side {
      for x in 0..<side {
        let (v, u) = (Float(y * cells) / Float(side), Float(x * cells) / Float(side))
        let (i, j) = (Int(v), Int(u))
        let (b, a) = (v - Float(i), u - Float(j))
        for c in 0..<3 {
          func at(_ i: Int, _ j: Int) -> Float { grid[(i * (cells + 1) + j) * 3 + c] }
          let top = at(i, j) * (1 - a) + at(i, j + 1) * a
          let bottom = at(i + 1, j) * (1 - a) + at(i + 1, j + 1) * a
          image.values[(y * side + x) * 3 + c] = top * (1 - b) + bottom * b
        }
      }
    }
    return image
  }

  /// One size of each family at the least. In the deepest EfficientNets, from B2 and V2 on, the estimate's errors
  /// have grown too far; the largest networks take minutes in a debug build.
  private static let examined = Architecture.allCases.filter {
    switch $0.family {
    case .mobilenetV1, .mobilenetV2, .mobilenetV3, .mobilenetV4, .fdMobilenet, .mnasnet, .mnasnetA1,
      .shufflenetV1, .shufflenetV2:
      true
    case .efficientnet(let size), .efficientnetLite(let size): size.width == 1
    case .resnet(let size): size.counts.reduce(0, +) <= 8
    case .efficientnetV2, .vgg: false
    }
  }

  @Test(arguments: examined)
  func activationsStayInRange(_ architecture: Architecture) throws {
    let seed: UInt64 = 7
    let network = try ModelImporter.load(
      "random:\(seed)",
      options: NetworkOptions(
        architecture: architecture, width: architecture.hasWidth ? 0.5 : 1, input: 64, classes: 50))
    #expect(network.report.method == .random)
    #expect(network.outputs == 50)
    let graph = try network.graph.reference()
    let names = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.output, $0.name) })
    let executor = FloatExecutor(graph)
    var logits: [[Float]] = []
    for image in 0..<2 {
      let outputs = executor.run([Self.smoothImage(64, seed: seed + UInt64(image))]) {
        value, tensor in
        let power = tensor.values.reduce(0) { $0 + Double($1) * Double($1) }
        let level = (power / Double(tensor.values.count)).squareRoot()
        #expect(level > 0.02 && level < 30, "\(names[value] ?? "input")")
      }
      logits.append(outputs[0].values)
    }
    // Two images must not look alike to the network.
    #expect(relativeError(logits[0], logits[1]) > 0.1)
  }

  @Test func theSeedAloneDecides() throws {
    let options = NetworkOptions(
      architecture: .mobilenetV3Small, width: 0.5, input: 32, classes: 10)
    let first = try ModelImporter.load("random:3", options: options)
    let again = try ModelImporter.load("random:3", options: options)
    let other = try ModelImporter.load("random:4", options: options)
    #expect(first.graph.hasSameNumbers(as: again.graph))
    #expect(!first.graph.hasSameNumbers(as: other.graph))
  }

  /// The generator's reference sequence for seed 0 starts 0xE220A8397B1DCDAF; its four 16-bit parts
  /// sum to 57888 + 43065 + 31517 + 52655 = 185125, which is (185125 − 131070) / √(4294967295 / 3)
  /// = 1.428620 standard deviations.
  @Test func theFirstWeightIsTheReferenceGenerators() throws {
    let network = try ModelImporter.load(
      "random:0", options: NetworkOptions(architecture: .mobilenetV2, input: 32))
    let stem = network.graph.nodes[0]
    let weights = try #require(network.graph.constant(stem.inputs[1])?.floats)
    let deviation = (2.0 / 27).squareRoot()
    #expect(abs(Double(weights[0]) - deviation * 1.428_620) < 1e-6)
  }

  @Test(arguments: ["random:", "random:x", "random:-1", "random:18446744073709551616"])
  func badSeeds(_ path: String) {
    let text = String(path.dropFirst("random:".count))
    #expect(throws: ImportError.network(file: path, problem: .seed(text))) {
      try ModelImporter.load(path, options: NetworkOptions(architecture: .mobilenetV2))
    }
  }

  @Test func anArchitectureIsNeeded() {
    #expect(throws: ImportError.network(file: "random:1", problem: .randomNeedsArchitecture)) {
      try ModelImporter.load("random:1", options: NetworkOptions())
    }
  }
}
