/// A value that is known before the network runs: weights, biases, statistics, axes.
public struct Constant: Sendable {
  /// What a constant holds.
  public enum Contents: Sendable {
    /// Not known yet: an architecture's parameter before `Matching` has found it in a file.
    case unbound
    /// Elements in the order of the shape.
    case floats([Float])
    /// Elements in the order of the shape: axes, sizes, what shape arithmetic computes with.
    case integers([Int64])
  }

  /// The tensor's name in the source model, for example `features.0.0.weight`.
  public var name: String
  /// Its elements, as many as its value's shape has, unless `unbound`.
  public var contents: Contents

  /// A constant from its parts.
  public init(name: String, contents: Contents = .unbound) {
    self.name = name
    self.contents = contents
  }

  /// The elements of a constant of floats; nil for others.
  public var floats: [Float]? {
    switch contents {
    case .floats(let values): values
    case .unbound, .integers: nil
    }
  }

  /// How many elements it holds; 0 while unbound.
  public var count: Int {
    switch contents {
    case .unbound: 0
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }

  /// Takes the floats out, so that whoever changes them holds the only copy; nil, with nothing
  /// changed, when it holds none. `contents` is to be set again.
  public mutating func takeFloats() -> [Float]? {
    guard case .floats(let values) = contents else { return nil }
    contents = .unbound
    return values
  }
}
