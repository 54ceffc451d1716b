/// The size of a network's image in pixels.
public struct InputSize: Equatable, Sendable, ExpressibleByIntegerLiteral {
  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int

  /// A size that need not be square.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// A square of so many pixels a side.
  public init(_ side: Int) {
    self.init(width: side, height: side)
  }

  /// A square of so many pixels a side.
  public init(integerLiteral side: Int) {
    self.init(side)
  }
}

extension InputSize: CustomStringConvertible {
  /// Width before height, as pictures' sizes are written: `320x240`, or `224` for a square.
  public var description: String { width == height ? "\(width)" : "\(width)x\(height)" }
}
