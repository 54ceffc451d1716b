/// A verified tensor: sizes in range, quantization records within their section.
struct Tensor: Sendable {
  let height: Int
  let width: Int
  let channels: Int
  let quantizationIndex: Int
  let quantizationCount: Int
  let name: StringRange
  let source: StringRange

  /// Elements, and bytes: the type is int8.
  var count: Int { height * width * channels }
  var pixels: Int { height * width }

  func hasSameShape(as other: Tensor) -> Bool {
    height == other.height && width == other.width && channels == other.channels
  }
}

/// A verified input or output.
struct Port: Sendable {
  let tensor: Int
  let name: StringRange
}
