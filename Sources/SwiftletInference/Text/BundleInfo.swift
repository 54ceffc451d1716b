internal import SwiftletPlatform
import SwiftletRuntime

/// What a bundle holds, as Swift strings and arrays, for printing and for finding by name.
public struct BundleInfo: Sendable {
  /// An activation tensor.
  public struct Tensor: Sendable {
    /// Unique in the bundle.
    public let name: String
    /// The float layer whose result it holds; may be empty.
    public let source: String
    /// Rows, columns and channels.
    public let height: Int, width: Int, channels: Int
    /// One pair, or one per channel.
    public let quantization: [QuantizationRecord]

    /// Elements, and bytes.
    public var count: Int { height * width * channels }
    /// For people, for example `112×112×32`.
    public var shape: String { "\(height)×\(width)×\(channels)" }
  }

  /// An operation.
  public struct Operation: Sendable {
    /// The source layer's name.
    public let name: String
    /// For example `depthwiseConv2D`.
    public let kind: String
    /// How its sums become int8: `requantize`, `hardSwish`, `add` or `curve`.
    public let epilogue: String
    /// Indices of tensors.
    public let inputs: [Int]
    /// The index of a tensor.
    public let output: Int
    /// Kernel and stride, for example `3×3 /2`; empty for operations without a window.
    public let window: String
    /// Multiply-accumulates.
    public let macs: Int
    /// Packed weights in the file.
    public let weightBytes: Int
  }

  /// A named input or output of the network.
  public struct Port: Sendable {
    /// The name that programs use.
    public let name: String
    /// The index of a tensor.
    public let tensor: Int
  }

  /// The file.
  public let path: String
  /// Bytes of the file and of its weights.
  public let fileLength: Int, weightsLength: Int
  /// Multiply-accumulates of one run.
  public let macs: Int
  /// All activation tensors.
  public let tensors: [Tensor]
  /// In the order of execution.
  public let operations: [Operation]
  /// The network's ports.
  public let inputs: [Port], outputs: [Port]
  /// How images become the input; nil when the bundle does not say.
  public let preprocessing: PreprocessingRecord?
  /// What the outputs mean, as far as the bundle says.
  public let tasks: [OutputTask]
  /// Class names; may be empty.
  public let labels: [String]
  /// Where the bundle comes from.
  public let provenance: [(key: String, value: String)]

  /// The value of a provenance line, or nil; of what is longer than any that `convert` writes the
  /// beginning.
  public func provenance(_ key: String) -> String? {
    guard let value = provenance.first(where: { $0.key.hasSameBytes(as: key) })?.value else {
      return nil
    }
    return value.utf8.count <= 1024 ? value : String(value.unicodeScalars.prefix(1024))
  }

  /// The name of a class of the first task, for people.
  public func label(_ index: Int) -> String {
    var first = 0
    if case .classes(let task) = tasks.first {
      guard task.labels.indices.contains(task.labels.lowerBound + index) else {
        return "class \(index)"
      }
      first = task.labels.lowerBound
    }
    return labels.indices.contains(first + index) ? labels[first + index] : "class \(index)"
  }

  /// The tensor that `name` means: a tensor's own name, else a port's, else the source layer's.
  public func tensorIndex(named name: String) -> Int? {
    tensors.firstIndex { $0.name.hasSameBytes(as: name) }
      ?? (inputs + outputs).first { $0.name.hasSameBytes(as: name) }?.tensor
      ?? tensors.firstIndex { $0.source.hasSameBytes(as: name) }
  }
}
