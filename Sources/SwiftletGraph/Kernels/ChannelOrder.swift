/// Reorders `[outer][channels][area]` (channels first) to `[outer][area][channels]` (channels last).
package func channelsLast(_ values: [Float], outer: Int, channels: Int, area: Int) -> [Float] {
  if area == 1 || channels == 1 { return values }
  return [Float](unsafeUninitializedCapacity: values.count) { result, count in
    guard let result = result.baseAddress else { return }
    values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      for block in 0..<outer {
        let start = block * channels * area
        transpose(values + start, rows: channels, columns: area, to: result + start)
      }
    }
    count = values.count
  }
}

/// Writes `[columns][rows]` from `[rows][columns]`.
private func transpose(
  _ source: UnsafePointer<Float>, rows: Int, columns: Int, to target: UnsafeMutablePointer<Float>
) {
  var position = 0
  for column in 0..<columns {
    for row in 0..<rows {
      target[position] = source[row * columns + column]
      position += 1
    }
  }
}

extension ImageLayout {
  /// What `make` prepares for images whose channels come last, for values of this layout: with
  /// channels first the image is reordered before and after.
  ///
  /// Every image operation is written for channels last, so that there is one definition of its
  /// arithmetic; networks are turned to that layout before they are run often.
  func prepared(
    _ context: Preparation, _ make: (_ input: ImageShape, _ output: ImageShape) -> PreparedOperation
  ) -> PreparedOperation {
    guard let input = image(context.inputs[0]), let output = image(context.outputs[0]) else {
      preconditionFailure("the shape rule accepts images only")
    }
    let prepared = make(input, output)
    if self == .channelsLast { return prepared }
    return PreparedOperation(reads: prepared.reads) { inputs, outputs, workers in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: input.count) { source in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: output.count) { target in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          transpose(inputs[0], rows: input.channels, columns: input.area, to: source)
          let others = inputs.dropFirst()
          prepared.body([UnsafePointer(source)] + others, [target], workers)
          transpose(
            UnsafePointer(target), rows: output.area, columns: output.channels, to: outputs[0])
        }
      }
    }
  }
}
