/// Which tensors can stand inside others, so that copies between them need not be made.
///
/// - An operand of a copy whose elements all go, unchanged and in a row, to one place of the output
///   stands there: concatenation along the outermost axis.
/// - An operand of a copy that becomes some channels of wider pixels stands there when what computes it
///   can write such pixels and nobody else reads it: concatenation of channels.
/// - The output of a copy that is a row of elements of its operand stands there: slices and splits along
///   the outermost axis, flattening.
///
/// Every byte of such a group is written once in a run, so that it may be read from when it is written
/// to the end. What computes rows of elements must find them aligned.
struct TensorViews {
  struct View {
    /// The tensor inside which it stands, itself perhaps inside another.
    let parent: Int
    /// Bytes from the parent's start.
    let offset: Int
    /// Bytes from one pixel to the next; nil where they are side by side.
    let pixelStep: Int?
  }

  /// Of each tensor; nil where it stands by itself.
  private(set) var views: [View?]
  private(set) var isEmpty = true
  private let tensors: [Tensor]

  /// `isWhole` says which tensors have a place at all; `isPort`, which are inputs or outputs.
  init(tensors: [Tensor], operations: [any Operation], isWhole: [Bool], outputs: [Port]) {
    self.tensors = tensors
    views = [View?](repeating: nil, count: tensors.count)
    // Nothing moves in most networks.
    if operations.allSatisfy({ $0.movement.isEmpty }) { return }
    var producers = [Int?](repeating: nil, count: tensors.count)
    var readers = [Int](repeating: 0, count: tensors.count)
    for port in outputs { readers[port.tensor] += 1 }
    for (index, operation) in zip(0..<operations.count, operations) {
      producers[operation.output] = index
      for operand in operation.operands { readers[operand] += 1 }
    }
    for operation in operations where isWhole[operation.output] {
      for piece in operation.movement where piece.table == nil {
        let source = operation.operands[piece.operand]
        if !isWhole[source] || !views[source].isNone { continue }
        let writesSteps = producers[source].map { operations[$0].writesPixelSteps } ?? false
        addOperand(
          source, of: piece, in: operation.output,
          allowsSteps: writesSteps && readers[source] == 1)
      }
      if operation.movement.count == 1, operation.movement[0].table == nil {
        let piece = operation.movement[0]
        let source = operation.operands[piece.operand]
        if isWhole[source] { addResult(operation.output, of: piece, in: source) }
      }
    }
  }

  /// The tensor that stands by itself and holds this one, and the bytes from its start.
  func root(_ tensor: Int) -> (tensor: Int, offset: Int) {
    var (root, offset) = (tensor, 0)
    while let view = views[root] {
      offset += view.offset
      root = view.parent
    }
    return (root, offset)
  }

  private mutating func addOperand(
    _ source: Int, of piece: CopyPiece, in output: Int, allowsSteps: Bool
  ) {
    let (count, loop) = (tensors[source].elementCount, CopyLoop(piece))
    let (root, offset) = root(output)
    guard root != source, piece.sourceStart == 0, loop.elementCount == count else { return }
    if loop.isRow {
      if (offset + piece.destinationStart) % BundleLayout.alignment != 0 { return }
      add(View(parent: output, offset: piece.destinationStart, pixelStep: nil), for: source)
    } else if allowsSteps, let step = loop.pixelStep(channels: tensors[source].channels) {
      add(View(parent: output, offset: piece.destinationStart, pixelStep: step), for: source)
    }
  }

  private mutating func addResult(_ output: Int, of piece: CopyPiece, in source: Int) {
    let loop = CopyLoop(piece)
    let (root, offset) = root(source)
    guard root != output, views[output].isNone, views[source]?.pixelStep == nil, loop.isRow,
      loop.elementCount == tensors[output].elementCount,
      (offset + piece.sourceStart) % BundleLayout.alignment == 0
    else { return }
    add(View(parent: source, offset: piece.sourceStart, pixelStep: nil), for: output)
  }

  private mutating func add(_ view: View, for tensor: Int) {
    views[tensor] = view
    isEmpty = false
  }
}

extension Optional where Wrapped == TensorViews.View {
  /// Whether there is no view. `== nil` would need views to be comparable.
  fileprivate var isNone: Bool {
    if case .none = self { return true }
    return false
  }
}

extension CopyLoop {
  /// Whether elements in a row go to a row of elements.
  var isRow: Bool {
    dimensions.count == 1
      && (dimensions[0].size == 1
        || dimensions[0].sourceStride == 1 && dimensions[0].destinationStride == 1)
  }

  /// The elements from one pixel of the destination to the next, where pixels of `channels` side by
  /// side become part of wider pixels.
  func pixelStep(channels: Int) -> Int? {
    let outer = dimensions[0]
    if dimensions.count > 2 || outer.sourceStride != channels
      || outer.destinationStride < channels
    {
      return nil
    }
    if dimensions.count == 1 { return channels == 1 ? outer.destinationStride : nil }
    let inner = dimensions[1]
    let isPixel = inner.size == channels && inner.sourceStride == 1 && inner.destinationStride == 1
    return isPixel ? outer.destinationStride : nil
  }
}
