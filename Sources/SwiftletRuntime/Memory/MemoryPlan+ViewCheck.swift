// Nothing is shared with what finds views: instead of asking which tensors stand inside which, this
// follows addresses.
extension MemoryPlan {
  /// Whether two tensors that have places have a byte in common, or may have.
  func overlap(_ a: Int, _ b: Int, _ tensors: [Tensor]) -> Bool {
    guard let (aStart, aEnd) = hull(a, tensors), let (bStart, bEnd) = hull(b, tensors) else {
      return false
    }
    if aStart >= bEnd || bStart >= aEnd { return false }
    guard let step = pixelSteps[a], step == pixelSteps[b] else { return true }
    // Both are some channels of pixels of one width: other channels are apart.
    let (first, second) = (aStart % step, bStart % step)
    let (firstEnd, secondEnd) = (first + tensors[a].channels, second + tensors[b].channels)
    return firstEnd > step || secondEnd > step || first < secondEnd && second < firstEnd
  }

  /// The first byte and the byte after the last.
  private func hull(_ tensor: Int, _ tensors: [Tensor]) -> (start: Int, end: Int)? {
    guard let offset = offsets[tensor] else { return nil }
    return (offset, offset + length(of: tensor, tensors[tensor]))
  }

  /// Whether `operation`, which writes over the tensor `other`, leaves all of its bytes as they are,
  /// because it moves them to where they are.
  func keeps(_ other: Int, under operation: any Operation, _ tensors: [Tensor]) -> Bool {
    guard let (start, end) = hull(other, tensors),
      let (outputStart, outputEnd) = hull(operation.output, tensors)
    else { return false }
    for piece in operation.movement {
      let source = operation.operands[piece.operand]
      guard let kept = keptBytes(piece, of: operation, tensors) else { continue }
      if pixelSteps[source] != nil {
        if source == other && kept.count == tensors[source].elementCount { return true }
      } else if max(start, outputStart) >= kept.start
        && min(end, outputEnd) <= kept.start + kept.count
      {
        return true
      }
    }
    return false
  }

  /// The bytes that a piece moves to where they are: from the first on, in a row unless the operand has
  /// a pixel step; nil when it moves them elsewhere.
  private func keptBytes(
    _ piece: CopyPiece, of operation: any Operation, _ tensors: [Tensor]
  ) -> (start: Int, count: Int)? {
    let source = operation.operands[piece.operand]
    guard piece.table == nil, let sourceOffset = offsets[source],
      let outputOffset = offsets[operation.output], pixelSteps[operation.output] == nil
    else { return nil }
    let start = outputOffset + piece.destinationStart
    // Elements are (pixel, channel); without a pixel step there is one pixel as wide as the tensor.
    let step = pixelSteps[source] ?? 0
    let channels =
      pixelSteps[source] == nil ? tensors[source].elementCount : tensors[source].channels
    let (pixel, firstChannel) = (
      piece.sourceStart / channels, piece.sourceStart % channels
    )
    if sourceOffset + pixel * step + firstChannel != start { return nil }
    var (count, lastChannel, last) = (1, firstChannel, 0)
    for index in 0..<piece.sizes.count where piece.sizes[index] > 1 {
      let (size, stride) = (piece.sizes[index], piece.sourceStrides[index])
      let distance: Int
      if stride >= channels {
        if stride % channels != 0 { return nil }
        distance = stride / channels * step
      } else {
        distance = stride
        lastChannel += (size - 1) * stride
      }
      if distance != piece.destinationStrides[index] { return nil }
      count *= size
      last += (size - 1) * distance
    }
    if lastChannel >= channels { return nil }
    // No element is written twice: as many as fill the range fill it.
    if pixelSteps[source] == nil && last + 1 != count { return nil }
    return (start, count)
  }

  /// Throws unless tensors with pixel steps are computed by what can write them, and read only by
  /// copies that leave them where they are.
  func checkPixelSteps(
    _ tensors: [Tensor], _ operations: [any Operation], _ ports: [Port]
  ) throws(BundleError) {
    if pixelSteps.allSatisfy({ $0 == nil }) { return }
    var isWritten = [Bool](repeating: false, count: tensors.count)
    for operation in operations {
      isWritten[operation.output] = operation.writesPixelSteps
      for operand in operation.operands where pixelSteps[operand] != nil {
        if !keeps(operand, under: operation, tensors) {
          throw .plan(
            tensor: operand, other: operation.output, problem: "has a reader of wider pixels")
        }
      }
    }
    for port in ports { isWritten[port.tensor] = false }
    for index in 0..<tensors.count {
      guard let step = pixelSteps[index] else { continue }
      if !isWritten[index] || offsets[index] == nil || step < tensors[index].channels
        || step > BundleLayout.maximumTensorLength
      {
        throw .plan(tensor: index, other: index, problem: "has a wrong pixel step")
      }
    }
  }
}
