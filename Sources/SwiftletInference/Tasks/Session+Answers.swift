import SwiftletRuntime

/// What a network says about a picture.
public enum Answer: Equatable, Sendable {
  /// The best classes, the best first.
  case classes([RankedClass])
  /// The class of each place.
  case mask(ClassMask)
  /// Numbers that describe the picture.
  case vector([Float])
}

extension Session {
  /// The answer of the network's task after a run; of classes the `top` best.
  ///
  /// - Throws: `task` for boxes, which are not decoded yet: read the outputs instead.
  public func answer(top: Int = 5) throws(InferenceError) -> Answer {
    switch task.kind {
    case .classes: return .classes(try classes(top: top))
    case .mask: return .mask(try mask())
    case .vector: return .vector(try output())
    case .boxes: throw .task(found: .boxes)
    }
  }

  /// The `top` best classes of the first output after a run; of equal scores the lower class comes
  /// first.
  ///
  /// - Throws: `task` when the network is no classifier.
  public func classes(top: Int) throws(InferenceError) -> [RankedClass] {
    guard task.kind == .classes else { throw .task(found: task.kind) }
    return Classification.top(try output(), top, task.activation)
  }

  /// The class of each place of the first output after a run; of equal scores the lower class wins.
  ///
  /// - Throws: `task` when the network gives no mask.
  public func mask() throws(InferenceError) -> ClassMask {
    guard task.kind == .mask else { throw .task(found: task.kind) }
    let index = outputTensor(0)
    let tensor = model.tensor(index)
    if tensor.quantizationCount == 1 {
      // With one scale for all, the order of the bytes is that of the numbers.
      return withTensor(index) {
        ClassMask(
          scores: $0, width: tensor.width, height: tensor.height, channels: tensor.channels)
      }
    }
    return dequantized(tensor: index).withUnsafeBufferPointer {
      ClassMask(scores: $0, width: tensor.width, height: tensor.height, channels: tensor.channels)
    }
  }
}
