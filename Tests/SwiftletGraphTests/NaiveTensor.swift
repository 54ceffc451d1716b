import SwiftletGraph
import Testing

/// Tensors by index arithmetic, as plainly as possible: what data movement is compared with.
extension FloatTensor {
  /// The element at an index of one number a dimension.
  subscript(index: [Int]) -> Float { values[Self.position(index, in: shape)] }

  /// A tensor from a function of the index.
  init(_ shape: Shape, _ element: ([Int]) -> Float) {
    self.init(shape: shape, values: Self.indices(of: shape).map(element))
  }

  /// Where the element of an index stands, the last dimension contiguous.
  static func position(_ index: [Int], in shape: Shape) -> Int {
    zip(index, shape.dimensions).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// All indices of a shape, in the order of memory.
  static func indices(of shape: Shape) -> [[Int]] {
    shape.dimensions.reduce([[]]) { prefixes, extent in
      prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } }
    }
  }

  /// `[n][height][width][channels]` as `[n][channels][height][width]`.
  var channelsFirst: FloatTensor {
    FloatTensor(Shape(shape[0], shape[3], shape[1], shape[2])) {
      self[[$0[0], $0[2], $0[3], $0[1]]]
    }
  }

  /// `[n][channels][height][width]` as `[n][height][width][channels]`.
  var channelsLast: FloatTensor {
    FloatTensor(Shape(shape[0], shape[2], shape[3], shape[1])) {
      self[[$0[0], $0[3], $0[1], $0[2]]]
    }
  }

  /// A channels-last image in a layout.
  func turned(to layout: ImageLayout) -> FloatTensor {
    layout == .channelsLast ? self : channelsFirst
  }

  /// An image of a layout with its channels last.
  func turnedBack(from layout: ImageLayout) -> FloatTensor {
    layout == .channelsLast || shape.rank != 4 ? self : channelsLast
  }
}

extension ImageLayout {
  /// The image of a value that must be one.
  func requiredTestImage(_ shape: Shape) throws -> ImageShape { try #require(image(shape)) }
}
