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
  var values = formulaUnits(name, shape.reduce(1, *))
  let scale: Float
  var shift: Float = 0
  if shape.count >= 2 {
    scale = Float((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
  } else if name.hasSuffix(".weight") {
    (scale, shift) = (0.25, 1)
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
) -> WeightFile {
  let plan = architecture.plan(
    NetworkVariant(width: width, classes: classes, epsilon: 1e-3, activation: .relu))
  var tensors: [WeightTensor] = []
  for layer in plan.layers {
    tensors.append(make("\(layer.name).weight", layer.weightShape))
    if layer.hasBias { tensors.append(make("\(layer.name).bias", [layer.outputs])) }
    if let norm = layer.norm {
      for role in ["weight", "bias", "running_mean", "running_var"] {
        tensors.append(make("\(norm).\(role)", [layer.outputs]))
      }
    }
  }
  return WeightFile(
    path: "formula.pt", format: .pytorchZip, tensors: tensors, metadata: metadata)
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

extension Graph {
  /// Whether two graphs have the same nodes, windows and numbers, bit for bit.
  func hasSameNumbers(as other: Graph) -> Bool {
    guard nodes.count == other.nodes.count else { return false }
    return zip(nodes, other.nodes).allSatisfy { a, b in
      guard a.name == b.name, a.inputs == b.inputs else { return false }
      switch (a.operation, b.operation) {
      case (.conv2D(let x), .conv2D(let y)):
        return x.window == y.window && x.groups == y.groups && x.weights == y.weights
          && x.bias == y.bias
      case (.fullyConnected(let x), .fullyConnected(let y)):
        return x.weights == y.weights && x.bias == y.bias
      case (.batchNorm(let x), .batchNorm(let y)):
        return x.gamma == y.gamma && x.beta == y.beta && x.mean == y.mean
          && x.variance == y.variance && x.epsilon == y.epsilon
      case (.activation(let x), .activation(let y)):
        return x == y
      default:
        return "\(a.operation)" == "\(b.operation)"
      }
    }
  }
}
