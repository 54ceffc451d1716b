import SwiftletGraph

/// A value that is known while the model is read: weights, axes, sizes, what shape arithmetic computes.
struct ONNXArray {
  /// What its elements are.
  enum Contents {
    case floats([Float])
    /// Also truth values, as 0 and 1.
    case integers([Int64])
  }

  /// Extents, outermost first; empty for a scalar. An extent may be 0.
  var shape: [Int]
  /// As many elements as the shape says, the last index running fastest.
  var contents: Contents
  /// The element type that the file states.
  var type: ONNXType
  /// Of what DequantizeLinear made of integers: what these were multiplied by.
  var levels: Levels?

  /// The scales of whole multiples.
  struct Levels {
    /// One, or one for each element of the dimension `axis`.
    let scales: [Float]
    let axis: Int
  }

  /// An array of integers.
  init(_ values: [Int64], shape: [Int]) {
    self.shape = shape
    contents = .integers(values)
    type = .int64
  }

  /// A list of integers.
  init(_ values: [Int]) {
    self.init(values.map { Int64($0) }, shape: [values.count])
  }

  /// An array of floats.
  init(_ values: [Float], shape: [Int]) {
    self.shape = shape
    contents = .floats(values)
    type = .float32
  }

  /// How many elements there are.
  var count: Int {
    switch contents {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }

  /// The elements as floats.
  var floats: [Float] {
    switch contents {
    case .floats(let values): values
    case .integers(let values): values.map { Float($0) }
    }
  }

  /// The elements as integers; nil if they have fractions.
  var integers: [Int64]? {
    switch contents {
    case .floats: nil
    case .integers(let values): values
    }
  }

  /// The elements at places, under another shape.
  func elements(_ places: [Int], shape: [Int]) -> ONNXArray {
    var result = self
    (result.shape, result.levels) = (shape, nil)
    switch contents {
    case .floats(let values): result.contents = .floats(places.map { values[$0] })
    case .integers(let values): result.contents = .integers(places.map { values[$0] })
    }
    return result
  }

  /// The same elements under another shape of as many.
  func reshaped(_ shape: [Int]) -> ONNXArray {
    var result = self
    (result.shape, result.levels) = (shape, nil)
    return result
  }

  /// Elements of the largest array that is computed here: a small file must not ask for much memory.
  static let largest = 1 << 22
}

/// What a name stands for while a model is read.
enum ONNXValue {
  /// A constant that nobody has asked for yet.
  case tensor(ONNXTensor)
  /// A constant.
  case array(ONNXArray)
  /// What the network computes.
  case value(ValueID)
  /// What is asked of scores at the end of the network, in place of which they are its output.
  case scores(ValueID)
}
