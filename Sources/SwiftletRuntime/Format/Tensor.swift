/// A verified tensor: sizes in range, quantization records within their section.
struct Tensor: Sendable {
  let elementType: ElementType
  let height: Int
  let width: Int
  let channels: Int
  let quantizationIndex: Int
  let quantizationCount: Int
  let name: StringRange
  let source: StringRange

  var elementCount: Int { height * width * channels }
  var byteCount: Int { elementCount * elementType.byteCount }
  var pixels: Int { height * width }
  /// Blocks of 16 channels.
  var channelBlocks: Int {
    (channels + BundleLayout.channelsPerBlock - 1) / BundleLayout.channelsPerBlock
  }

  func hasSameShape(as other: Tensor) -> Bool {
    height == other.height && width == other.width && channels == other.channels
  }
}

/// A verified input or output.
struct Port: Sendable {
  let tensor: Int
  let name: StringRange
}
