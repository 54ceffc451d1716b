/// How the numbers of a box become its corners. The cell of a level's grid is at row g_y and column
/// g_x, of stride s; o is the grid offset, v the variances, a the anchor, c its centre.
public enum BoxCoding: UInt32, Sendable, CaseIterable {
  /// SSD: x = c + v₀·t·a_w, w = a_w·exp(v₂·t).
  case centerSize = 1
  /// YOLOX: x = (g + o + t)·s, w = exp(t)·s.
  case grid = 2
  /// YOLOv5 and v7: x = (g + o + 2·σ(t) − ½)·s, w = (2·σ(t))²·a_w.
  case anchorGrid = 3
  /// YOLOv3 and v4: x = (g + o + σ(t))·s, w = exp(t)·a_w.
  case anchorExponential = 4
  /// FCOS, YOLOv6: left, top, right and bottom are t·s away from (g + o)·s.
  case distances = 5
  /// YOLOv8: as `distances`, each the mean of a softmax over `binCount` bins.
  case distributions = 6
}

/// In which order the numbers of a box stand.
public enum BoxComponentOrder: UInt32, Sendable, CaseIterable {
  /// x, y, w, h; or left, top, right, bottom.
  case xy = 0
  /// y, x, h, w; or top, left, bottom, right.
  case yx = 1
}

/// Outputs hold boxes with scores, level by level.
///
/// | field | offset |
/// | --- | --- |
/// | input | 0, uint32 |
/// | coding | 4, uint32 |
/// | component order | 8, uint32 |
/// | bin count | 12, uint32 |
/// | class activation | 16, uint32 |
/// | objectness activation | 20, uint32 |
/// | has background | 24, uint32: 0 or 1 |
/// | maximum boxes | 28, uint32 |
/// | first label, label count | 32, 36, uint32 |
/// | level count | 40, uint32 |
/// | anchor count | 44, uint32 |
/// | score threshold, overlap threshold | 48, 52, float32 |
/// | grid offset | 56, float32 |
/// | variances | 60, float32 × 4 |
/// | reserved | 76, zeros up to 128 |
/// | levels | 128, 32 bytes each |
/// | anchors | behind them, 16 bytes each |
public struct BoxesTask: Equatable, Sendable {
  /// The index of the input whose pixels boxes are counted in.
  public var input: Int
  /// How boxes are decoded.
  public var coding: BoxCoding
  /// In which order the numbers of a box stand.
  public var componentOrder: BoxComponentOrder
  /// Numbers for each side of a box: 1, and more for `distributions` only.
  public var binCount: Int
  /// What class scores become.
  public var classActivation: ScoreActivation
  /// What the objectness becomes: not softmax.
  public var objectnessActivation: ScoreActivation
  /// Whether the first class is no object.
  public var hasBackground: Bool
  /// The most boxes of an image, the best ones: 1 to 65536.
  public var maximumBoxes: Int
  /// The names of the classes, the background left out; empty when they have none.
  public var labels: Range<Int>
  /// Boxes of a lower score are left out: 0 to 1.
  public var scoreThreshold: Float
  /// Of two boxes of a class whose intersection over union is more, the worse is left out: 0 to 1.
  public var overlapThreshold: Float
  /// Where in its cell a point stands, in cells: 0 to 1.
  public var gridOffset: Float
  /// Four, for `centerSize`; above zero.
  public var variances: [Float]
  /// 1 to 32 grids of outputs.
  public var levels: [BoxLevel]

  /// Makes a task.
  public init(
    input: Int = 0, coding: BoxCoding, componentOrder: BoxComponentOrder = .xy, binCount: Int = 1,
    classActivation: ScoreActivation, objectnessActivation: ScoreActivation = .none,
    hasBackground: Bool = false, maximumBoxes: Int, labels: Range<Int>, scoreThreshold: Float,
    overlapThreshold: Float, gridOffset: Float = 0, variances: [Float] = [1, 1, 1, 1],
    levels: [BoxLevel]
  ) {
    self.input = input
    self.coding = coding
    self.componentOrder = componentOrder
    self.binCount = binCount
    self.classActivation = classActivation
    self.objectnessActivation = objectnessActivation
    self.hasBackground = hasBackground
    self.maximumBoxes = maximumBoxes
    self.labels = labels
    self.scoreThreshold = scoreThreshold
    self.overlapThreshold = overlapThreshold
    self.gridOffset = gridOffset
    self.variances = variances
    self.levels = levels
  }

  /// Bytes of the fixed fields.
  private static let length = 128

  /// Reads a task; `view` holds its whole record.
  init(_ view: ByteView, _ check: RecordCheck, _ context: TaskContext) throws(BundleError) {
    try check.require(
      view.count >= Self.length, "parameters length", view.count, "128 bytes and the levels")
    var decoder = RecordDecoder(view, check)
    input = try decoder.count("input", 0...(context.inputs.count - 1), "the index of an input")
    let rawCoding = decoder.uint32()
    guard let coding = BoxCoding(rawValue: rawCoding) else {
      throw check.error("box coding", Int(clamping: rawCoding), "1 to 6")
    }
    self.coding = coding
    let rawOrder = decoder.uint32()
    guard let order = BoxComponentOrder(rawValue: rawOrder) else {
      throw check.error("component order", Int(clamping: rawOrder), "0 (x first) or 1 (y first)")
    }
    componentOrder = order
    binCount = try decoder.count(
      "bin count", coding == .distributions ? 2...256 : 1...1,
      "2 to 256 for distributions, else 1")
    classActivation = try decoder.activation("class activation")
    objectnessActivation = try decoder.activation("objectness activation")
    try check.require(
      objectnessActivation != .softmax, "objectness activation", 1, "0 (none) or 2 (sigmoid)")
    hasBackground = try decoder.flag("has background", "0 or 1")
    maximumBoxes = try decoder.count("maximum boxes", 1...(1 << 16), "1 to 65536")
    labels = try decoder.labels(context)
    let levelCount = try decoder.count("level count", 1...BundleLayout.maximumBoxLevels, "1 to 32")
    let anchorCount = try decoder.count(
      "anchor count", 0...(BundleLayout.maximumAnchors * levelCount), "at most 65536 a level")
    scoreThreshold = try decoder.float("score threshold (as bits)", "0 to 1") { $0 >= 0 && $0 <= 1 }
    overlapThreshold = try decoder.float("overlap threshold (as bits)", "0 to 1") {
      $0 >= 0 && $0 <= 1
    }
    gridOffset = try decoder.float("grid offset (as bits)", "0 to 1") { $0 >= 0 && $0 <= 1 }
    variances = []
    for _ in 0..<4 {
      variances.append(
        try decoder.float("variance (as bits)", "a finite number above zero") { $0 > 0 })
    }
    try decoder.skipZeros(upTo: Self.length)
    let anchors = Self.length + levelCount * BundleLayout.boxLevelLength
    try check.require(
      view.count == anchors + anchorCount * BundleLayout.boxAnchorLength, "parameters length",
      view.count, "as many bytes as the levels and their anchors take")
    levels = []
    var used = 0
    for index in 0..<levelCount {
      let start = Self.length + index * BundleLayout.boxLevelLength
      let level = try BoxLevel(
        view.slice(start, BundleLayout.boxLevelLength),
        anchors: view.slice(anchors, anchorCount * BundleLayout.boxAnchorLength), from: used, check,
        context)
      used += level.anchors.count
      levels.append(level)
    }
    try check.require(used == anchorCount, "anchor count", anchorCount, "those of all levels")
    try checkShapes(check, context)
  }

  /// Throws unless the outputs of each level are of one grid and hold as many numbers as they must.
  private func checkShapes(_ check: RecordCheck, _ context: TaskContext) throws(BundleError) {
    var classCount: Int?
    for level in levels {
      let boxes = context.output(level.boxes)
      let anchors = level.anchors.count
      try check.require(
        boxes.channels == anchors * 4 * binCount, "channels of the boxes", boxes.channels,
        "4 numbers, or bins, an anchor")
      if let index = level.objectness {
        let objectness = context.output(index)
        try check.require(
          objectness.pixelsAre(boxes) && objectness.channels == anchors,
          "channels of the objectness", objectness.channels, "the boxes' grid, 1 number an anchor")
      }
      guard let index = level.classes else {
        try check.require(
          level.objectness != nil, "classes", 0, "an output of classes or of objectness")
        continue
      }
      let classes = context.output(index)
      try check.require(
        classes.pixelsAre(boxes) && classes.channels % anchors == 0, "channels of the classes",
        classes.channels, "the boxes' grid, as many numbers for each anchor")
      let count = classes.channels / anchors
      try check.require(
        count == classCount ?? count && count > (hasBackground ? 1 : 0), "channels of the classes",
        classes.channels, "as many classes as the other levels have")
      classCount = count
    }
    try check.requireLabels(labels, classes: (classCount ?? 1) - (hasBackground ? 1 : 0))
  }

  func encoded() -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.appendUInt32(input)
    encoder.append(coding.rawValue)
    encoder.append(componentOrder.rawValue)
    encoder.appendUInt32(binCount)
    encoder.append(classActivation.rawValue)
    encoder.append(objectnessActivation.rawValue)
    encoder.appendUInt32(hasBackground ? 1 : 0)
    encoder.appendUInt32(maximumBoxes)
    encoder.append(labels)
    encoder.appendUInt32(levels.count)
    encoder.appendUInt32(levels.reduce(0) { $0 + $1.anchors.count })
    for value in [scoreThreshold, overlapThreshold, gridOffset] + variances {
      encoder.append(value)
    }
    encoder.pad(toMultipleOf: Self.length)
    for level in levels { level.encode(into: &encoder) }
    for level in levels {
      for anchor in level.anchors { anchor.encode(into: &encoder) }
    }
    return encoder.bytes
  }
}

extension Tensor {
  fileprivate func pixelsAre(_ other: Tensor) -> Bool {
    height == other.height && width == other.width
  }
}
