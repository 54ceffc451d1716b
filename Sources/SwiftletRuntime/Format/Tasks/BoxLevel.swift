/// The outputs of one grid of a detector.
///
/// 32 bytes, uint32 each: boxes, objectness and classes (0 for none, else the output's index + 1),
/// stride height and width, anchor count; the rest is zero.
public struct BoxLevel: Equatable, Sendable {
  /// The index of the output with the boxes: for each cell and anchor 4 numbers, or 4 · bins.
  public var boxes: Int
  /// The index of the output with one objectness a cell and anchor, if there is one.
  public var objectness: Int?
  /// The index of the output with all classes' scores for each cell and anchor, if there is one.
  public var classes: Int?
  /// Pixels of the input from one row of cells to the next: 1 to 2²⁰.
  public var strideHeight: Int
  /// Pixels of the input from one column of cells to the next: 1 to 2²⁰.
  public var strideWidth: Int
  /// The anchors of each cell, one at least: where the coding has none, its size is not used.
  public var anchors: [BoxAnchor]

  /// Makes a level.
  public init(
    boxes: Int, objectness: Int?, classes: Int?, strideHeight: Int, strideWidth: Int,
    anchors: [BoxAnchor]
  ) {
    self.boxes = boxes
    self.objectness = objectness
    self.classes = classes
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.anchors = anchors
  }

  init(
    _ view: ByteView, anchors all: ByteView, from first: Int, _ check: RecordCheck,
    _ context: TaskContext
  ) throws(BundleError) {
    var decoder = RecordDecoder(view, check)
    guard let boxes = try decoder.optionalOutput("boxes", context) else {
      throw check.error("boxes", 0, "1 + the index of an output")
    }
    self.boxes = boxes
    objectness = try decoder.optionalOutput("objectness", context)
    classes = try decoder.optionalOutput("classes", context)
    let strides = 1...BundleLayout.maximumDimension
    strideHeight = try decoder.count("stride height", strides, "1 to 2²⁰")
    strideWidth = try decoder.count("stride width", strides, "1 to 2²⁰")
    let count = try decoder.count("anchor count", 1...BundleLayout.maximumAnchors, "1 to 65536")
    try check.require(
      count <= all.count / BundleLayout.boxAnchorLength - first, "anchor count", count,
      "anchors within the record")
    try decoder.skipZeros(8)
    anchors = []
    anchors.reserveCapacity(count)
    for index in first..<(first + count) {
      let length = BundleLayout.boxAnchorLength
      anchors.append(try BoxAnchor(all.slice(index * length, length), check))
    }
  }

  func encode(into encoder: inout RecordEncoder) {
    encoder.appendUInt32(boxes + 1)
    encoder.appendUInt32(objectness.map { $0 + 1 } ?? 0)
    encoder.appendUInt32(classes.map { $0 + 1 } ?? 0)
    encoder.appendUInt32(strideHeight)
    encoder.appendUInt32(strideWidth)
    encoder.appendUInt32(anchors.count)
    encoder.append(UInt64(0))
  }
}

/// A box that a detector's numbers start from, in pixels of the input. 16 bytes, float32 each.
public struct BoxAnchor: Equatable, Sendable {
  /// Of the centre, from the left of the cell.
  public var centerX: Float
  /// Of the centre, from the top of the cell.
  public var centerY: Float
  /// Zero or more.
  public var width: Float
  /// Zero or more.
  public var height: Float

  /// Makes an anchor.
  public init(centerX: Float, centerY: Float, width: Float, height: Float) {
    self.centerX = centerX
    self.centerY = centerY
    self.width = width
    self.height = height
  }

  init(_ view: ByteView, _ check: RecordCheck) throws(BundleError) {
    var decoder = RecordDecoder(view, check)
    centerX = try decoder.float("anchor centre (as bits)", "a finite number")
    centerY = try decoder.float("anchor centre (as bits)", "a finite number")
    width = try decoder.float("anchor width (as bits)", "a finite number, 0 or more") { $0 >= 0 }
    height = try decoder.float("anchor height (as bits)", "a finite number, 0 or more") { $0 >= 0 }
  }

  func encode(into encoder: inout RecordEncoder) {
    for value in [centerX, centerY, width, height] { encoder.append(value) }
  }
}
