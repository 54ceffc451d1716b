import SwiftletGraph

/// The definitions of the windowed operations, written as plainly as possible in double precision,
/// of images `[1][height][width][channels]`.
enum NaiveOracle {
  /// The position a tap reads, or nil outside the image.
  private static func tap(
    _ window: Window, _ shape: ImageShape, _ y: Int, _ x: Int, _ ky: Int, _ kx: Int
  ) -> (Int, Int)? {
    let row = y * window.strideHeight + ky * window.dilationHeight - window.padding.top
    let column = x * window.strideWidth + kx * window.dilationWidth - window.padding.left
    let isInside = (0..<shape.height).contains(row) && (0..<shape.width).contains(column)
    return isInside ? (row, column) : nil
  }

  private static func element(_ tensor: FloatTensor, _ y: Int, _ x: Int, _ channel: Int) -> Double {
    Double(tensor.values[(y * tensor.shape[2] + x) * tensor.shape[3] + channel])
  }

  /// How often a window of the given extent fits, counted by sliding it.
  private static func positions(
    _ length: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ before: Int, _ after: Int
  ) -> Int {
    var count = 0
    var start = -before
    while start + (kernel - 1) * dilation <= length - 1 + after {
      count += 1
      start += stride
    }
    return count
  }

  static func outputSize(_ window: Window, _ shape: ImageShape) -> (height: Int, width: Int) {
    let padding = window.padding
    return (
      positions(
        shape.height, window.kernelHeight, window.strideHeight, window.dilationHeight,
        padding.top, padding.bottom),
      positions(
        shape.width, window.kernelWidth, window.strideWidth, window.dilationWidth,
        padding.left, padding.right)
    )
  }

  /// The output and, for each element, the sum of the terms' magnitudes, which bounds rounding.
  ///
  /// Weights are `[outputs][kernelHeight][kernelWidth][inputs / groups]`.
  static func conv2D(
    _ conv: Conv2D, weights: [Float], bias: [Float], _ input: FloatTensor
  ) -> (values: [Double], bounds: [Double]) {
    let (window, shape) = (conv.window, input.shape.image)
    let size = outputSize(window, shape)
    let groupInputs = conv.inputChannels / conv.groups
    let groupOutputs = conv.outputChannels / conv.groups
    var values: [Double] = []
    var bounds: [Double] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        for output in 0..<conv.outputChannels {
          var sum = Double(bias[output])
          var bound = abs(sum)
          for ky in 0..<window.kernelHeight {
            for kx in 0..<window.kernelWidth {
              guard let (row, column) = tap(window, shape, y, x, ky, kx) else { continue }
              for channel in 0..<groupInputs {
                let weight =
                  ((output * window.kernelHeight + ky) * window.kernelWidth + kx) * groupInputs
                  + channel
                let source = output / groupOutputs * groupInputs + channel
                let term = Double(weights[weight]) * element(input, row, column, source)
                sum += term
                bound += abs(term)
              }
            }
          }
          values.append(sum)
          bounds.append(bound)
        }
      }
    }
    return (values, bounds)
  }

  /// Calls `reduce` with the values in each window, in output order.
  static func pool(
    _ window: Window, _ input: FloatTensor, _ reduce: ([Double]) -> Double
  ) -> [Double] {
    let shape = input.shape.image
    let size = outputSize(window, shape)
    var results: [Double] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        for channel in 0..<shape.channels {
          var values: [Double] = []
          for ky in 0..<window.kernelHeight {
            for kx in 0..<window.kernelWidth {
              if let (row, column) = tap(window, shape, y, x, ky, kx) {
                values.append(element(input, row, column, channel))
              }
            }
          }
          results.append(reduce(values))
        }
      }
    }
    return results
  }
}
