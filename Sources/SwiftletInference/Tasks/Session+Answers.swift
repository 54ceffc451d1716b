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
  /// The answer of a task after a run; of classes the `top` best, of equal scores the lower class
  /// first.
  ///
  /// - Parameters:
  ///   - index: the number of the task in `tasks`.
  ///   - top: how many classes.
  /// - Returns: the kind of answer that the task is about.
  /// - Throws: `noTask` when there is no such task; `task` for boxes, which are not decoded yet.
  public func answer(task index: Int = 0, top: Int = 5) throws(InferenceError) -> Answer {
    guard tasks.indices.contains(index) else { throw .noTask }
    switch tasks[index] {
    case .classes(let task): return .classes(try classes(task, top: top))
    case .masks(let task): return .mask(mask(task))
    case .vectors(let task): return .vector(try vector(task))
    case .boxes: throw .task(found: .boxes)
    }
  }

  /// The `top` best classes of the first task after a run; of equal scores the lower class comes
  /// first.
  ///
  /// - Throws: `noTask`, or `task` when the network is no classifier.
  public func classes(top: Int) throws(InferenceError) -> [RankedClass] {
    guard let first = tasks.first else { throw .noTask }
    guard case .classes(let task) = first else { throw .task(found: first.kind) }
    return try classes(task, top: top)
  }

  private func classes(_ task: ClassesTask, top: Int) throws(InferenceError) -> [RankedClass] {
    Classification.top(try output(task.output), top, task.activation)
  }

  private func vector(_ task: VectorsTask) throws(InferenceError) -> [Float] {
    let vector = try output(task.output)
    guard task.isNormalized else { return vector }
    var sum = 0.0
    for number in vector { sum += Double(number) * Double(number) }
    let length = sum.squareRoot()
    return length > 0 ? vector.map { Float(Double($0) / length) } : vector
  }

  private func mask(_ task: ClassesTask) -> ClassMask {
    let index = outputTensor(task.output)
    let tensor = model.tensor(index)
    let (width, height, channels) = (tensor.width, tensor.height, tensor.channels)
    if channels == 1 {
      // Of one class there is no best: it is there (1) where that is more likely than not.
      let threshold: Float = task.activation == .none ? 0.5 : 0
      return ClassMask(
        width: width, height: height,
        classes: dequantized(tensor: index).map { $0 > threshold ? 1 : 0 })
    }
    if tensor.quantizationCount == 1 {
      // With one scale for all, the order of the bytes is that of the numbers.
      return withTensor(index) {
        ClassMask(scores: $0, width: width, height: height, channels: channels)
      }
    }
    return dequantized(tensor: index).withUnsafeBufferPointer {
      ClassMask(scores: $0, width: width, height: height, channels: channels)
    }
  }
}
