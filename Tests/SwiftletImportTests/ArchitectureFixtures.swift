import Foundation
import SwiftletGraph
import SwiftletTestSupport

@testable import SwiftletImport

/// Element i of the formula's tensor `name`: SplitMix64 seeded with the FNV-1a hash of the name, in
/// [−1, 1). `Tools/fixtures/make_networks.py` has the same.
func formulaUnits(_ name: String, _ count: Int) -> [Float] {
  var seed: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
  var generator = SplitMix64(seed: seed)
  return (0..<count).map { _ in generator.nextSignedUnit() }
}

/// A tensor of the formula's state dict.
func formulaTensor(_ name: String, _ shape: [Int]) -> WeightTensor {
  formulaTensor(name, shape, gain: 1)
}

/// The same, with another gain of the batch normalisations.
func formulaTensor(_ name: String, _ shape: [Int], gain: Float) -> WeightTensor {
  var values = formulaUnits(name, shape.reduce(1, *))
  let scale: Float
  var shift: Float = 0
  if shape.count >= 2 {
    scale = Float((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
  } else if name.hasSuffix(".weight") {
    (scale, shift) = (0.25, gain)
  } else if name.hasSuffix(".running_var") {
    (scale, shift) = (0.5, 1)
  } else {
    scale = 0.25
  }
  for index in values.indices { values[index] = shift + scale * values[index] }
  return WeightTensor(name: name, shape: shape, values: values)
}

/// The formula's state dict for the layers of an architecture, in PyTorch's order and naming.
func formulaFile(
  _ architecture: Architecture, width: Double, classes: Int, metadata: [String: String] = [:],
  make: (String, [Int]) -> WeightTensor = formulaTensor
) throws -> WeightFile {
  let graph = try architecture.graph(architecture.variant(width: width, classes: classes))
  var tensors: [WeightTensor] = []
  for node in graph.nodes {
    for value in node.inputs {
      guard let constant = graph.constant(value) else { continue }
      tensors.append(make(constant.name, graph.shape(of: value).dimensions))
    }
  }
  return WeightFile(
    path: "formula.pt", format: .pytorchZip, tensors: tensors, metadata: metadata)
}

/// Why a file's tensors make no network, or nil if they do.
func networkProblem(_ file: WeightFile, _ options: NetworkOptions) -> NetworkProblem? {
  do throws(ImportError) {
    _ = try ModelImporter.network(file, options: options)
    return nil
  } catch {
    guard case .network(_, let problem) = error else { return nil }
    return problem
  }
}

/// A float32 array in NumPy's format, version 1, C order.
struct NumpyArray {
  enum Problem: Error { case notFloat32(String) }

  let shape: [Int]
  let values: [Float]

  init(path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    guard bytes.count > 10, bytes[6] == 1 else { throw Problem.notFloat32(path) }
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
      let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")")
    else { throw Problem.notFloat32(path) }
    shape = header[header.index(after: open)..<close].split(separator: ",")
      .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    values = stride(from: start, to: bytes.count - 3, by: 4).map { at in
      let word = bytes[at..<at + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Float(bitPattern: word)
    }
  }
}

/// The largest difference of two vectors in standard deviations of the second.
func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
  guard found.count == expected.count, !expected.isEmpty else { return .infinity }
  let values = expected.map(Double.init)
  let mean = values.reduce(0, +) / Double(values.count)
  let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
    .squareRoot()
  var largest = 0.0
  for (a, b) in zip(found, values) {
    // Written so that a NaN counts as the largest error there is.
    let difference = abs(Double(a) - b) / spread
    if !(difference <= largest) { largest = difference.isNaN ? .infinity : difference }
  }
  return largest
}

/// What the graph computes of an image whose channels come last: the logits.
func logits(_ graph: Graph, _ image: FloatTensor) -> [Float] {
  FloatExecutor(graph).run([image])[0].values
}

/// The image with its channels first, `[1, channels, height, width]`.
func channelsFirst(_ image: FloatTensor) -> FloatTensor {
  let size = image.shape.image
  var result = FloatTensor(
    shape: Shape(1, size.channels, size.height, size.width), repeating: 0)
  for (index, value) in image.values.enumerated() {
    let (pixel, channel) = index.quotientAndRemainder(dividingBy: size.channels)
    result.values[channel * size.area + pixel] = value
  }
  return result
}

extension Graph {
  /// The graph after the passes that make the float reference.
  func reference() throws -> Graph {
    var graph = self
    try graph.apply(Pass.reference)
    return graph
  }

  /// Whether two graphs have the same nodes, windows and numbers, bit for bit.
  func hasSameNumbers(as other: Graph) -> Bool {
    guard nodes.count == other.nodes.count else { return false }
    return zip(nodes, other.nodes).allSatisfy { a, b in
      guard a.name == b.name, a.inputs == b.inputs, "\(a.operation)" == "\(b.operation)" else {
        return false
      }
      return a.inputs.allSatisfy { value in
        shape(of: value) == other.shape(of: value)
          && constant(value)?.floats == other.constant(value)?.floats
      }
    }
  }
}

// What was recognised of a file of weights, which all networks here are.
extension ImportedNetwork {
  var known: Recognised {
    guard let recognised else { preconditionFailure("a network of weights alone") }
    return recognised
  }
  var architecture: Architecture { known.architecture }
  var width: Double { known.width }
  var report: MatchReport { known.report }
  var convention: NetworkConvention { known.convention }
  var padding: PaddingStyle { known.padding }
  var activation: Activation { known.activation }
  var epsilon: Float { known.epsilon }
  var firstStride: Int { known.firstStride }
}
