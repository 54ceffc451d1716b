/// Which tensor of a file became which parameter of the network.
public struct MatchReport: Sendable {
  /// How the tensors were found.
  public enum Method: String, Sendable {
    case name = "by name"
    case fileOrder = "by shape, in the file's order"
    case naturalOrder = "by shape, in the order of the names"
    case random = "random weights"
  }

  /// One tensor and its place.
  public struct Pair: Equatable, Sendable {
    /// The parameter in the network's own naming, for example `features.0.1.running_mean`.
    public let parameter: String
    /// The tensor's name in the file.
    public let tensor: String
    /// The tensor's shape in the file.
    public let shape: [Int]
  }

  /// How the tensors were found.
  public let method: Method
  /// In the order of the network's layers.
  public let pairs: [Pair]
  /// Entries of the file that are no weights (counters, training state).
  public let ignored: [String]

  /// One sentence: how many tensors, how they were found, how many were ignored.
  public var summary: String {
    let entries = ignored.count == 1 ? "entry" : "entries"
    let others = ignored.isEmpty ? "" : ", \(ignored.count) other \(entries) ignored"
    return "\(pairs.count) tensors matched \(method.rawValue)\(others)"
  }
}

extension MatchReport: CustomStringConvertible {
  /// The summary and one line for each pair.
  public var description: String {
    let lines = pairs.map { pair in
      let shape = pair.shape.map(String.init).joined(separator: "×")
      return pair.parameter == pair.tensor
        ? "  \(pair.tensor) [\(shape)]" : "  \(pair.parameter) ← \(pair.tensor) [\(shape)]"
    }
    return ([summary] + lines).joined(separator: "\n")
  }
}
