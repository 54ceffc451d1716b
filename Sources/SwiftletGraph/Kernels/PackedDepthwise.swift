/// A depthwise convolution with its weights as `[tap][channel]`, eight channels at a time.
struct PackedDepthwise: Sendable {
  private let window: Window
  private let weights: [Float]
  private let bias: [Float]

  /// Reorders OHWI weights with one input channel, `[channel][tap]`.
  init(_ window: Window, channels: Int, weights source: [Float], bias: [Float]) {
    self.window = window
    self.bias = bias
    let taps = window.kernelHeight * window.kernelWidth
    var reordered = [Float](repeating: 0, count: channels * taps)
    for channel in 0..<channels {
      for tap in 0..<taps {
        reordered[tap * channels + channel] = source[channel * taps + tap]
      }
    }
    weights = reordered
  }

  /// Computes every output pixel; a task is one output row. Taps outside the image are skipped.
  func run(
    input: UnsafePointer<Float>, _ shape: ImageShape, output: UnsafeMutablePointer<Float>,
    _ outputShape: ImageShape, workers: Workers
  ) {
    let channels = shape.channels
    weights.withUnsafeBufferPointer { weights in
      bias.withUnsafeBufferPointer { bias in
        guard let weights = weights.baseAddress, let bias = bias.baseAddress else { return }
        workers.forEach(outputShape.height) { y in
          let firstRow = y * window.strideHeight - window.padding.top
          let rows = Window.validTaps(
            start: firstRow, kernel: window.kernelHeight, dilation: window.dilationHeight,
            length: shape.height)
          for x in 0..<outputShape.width {
            let firstColumn = x * window.strideWidth - window.padding.left
            let columns = Window.validTaps(
              start: firstColumn, kernel: window.kernelWidth, dilation: window.dilationWidth,
              length: shape.width)
            let firstPixel =
              (firstRow + rows.lowerBound * window.dilationHeight) * shape.width + firstColumn
              + columns.lowerBound * window.dilationWidth
            let firstTap = rows.lowerBound * window.kernelWidth + columns.lowerBound
            pixel(
              input: rows.isEmpty || columns.isEmpty ? input : input + firstPixel * channels,
              inputSteps: (
                window.dilationHeight * shape.width * channels, window.dilationWidth * channels
              ),
              weights: weights + firstTap * channels, bias: bias,
              taps: (columns.isEmpty ? 0 : rows.count, columns.count), channels: channels,
              output: output + (y * outputShape.width + x) * channels)
          }
        }
      }
    }
  }

  /// All channels of one output pixel, over a rectangle of taps that lie inside the image.
  private func pixel(
    input: UnsafePointer<Float>, inputSteps: (row: Int, column: Int),
    weights: UnsafePointer<Float>, bias: UnsafePointer<Float>, taps: (rows: Int, columns: Int),
    channels: Int, output: UnsafeMutablePointer<Float>
  ) {
    let weightRowStep = window.kernelWidth &* channels
    var channel = 0
    while channel &+ 2 &* Vector.scalarCount <= channels {
      var low = bias.vector(channel)
      var high = bias.vector(channel &+ Vector.scalarCount)
      var inputRow = input + channel
      var weightRow = weights + channel
      var row = 0
      while row < taps.rows {
        var pixel = inputRow
        var weight = weightRow
        var column = 0
        while column < taps.columns {
          low.accumulate(pixel.vector(0), weight.vector(0))
          high.accumulate(pixel.vector(Vector.scalarCount), weight.vector(Vector.scalarCount))
          pixel += inputSteps.column
          weight += channels
          column &+= 1
        }
        inputRow += inputSteps.row
        weightRow += weightRowStep
        row &+= 1
      }
      output.store(low, channel)
      output.store(high, channel &+ Vector.scalarCount)
      channel &+= 2 &* Vector.scalarCount
    }
    while channel < channels {
      let lanes = min(Vector.scalarCount, channels &- channel)
      var sum = bias.vector(channel, count: lanes)
      var row = 0
      while row < taps.rows {
        var column = 0
        while column < taps.columns {
          let pixel = row &* inputSteps.row &+ column &* inputSteps.column &+ channel
          let weight = row &* weightRowStep &+ column &* channels &+ channel
          sum.accumulate(input.vector(pixel, count: lanes), weights.vector(weight, count: lanes))
          column &+= 1
        }
        row &+= 1
      }
      output.store(sum, channel, count: lanes)
      channel &+= Vector.scalarCount
    }
  }
}
