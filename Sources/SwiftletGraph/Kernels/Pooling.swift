/// The pixels of one window that lie inside the image.
struct PooledPixels {
  let rows: Range<Int>
  let columns: Range<Int>
  /// The position of the window's first tap's first channel; it may lie outside the image.
  let start: Int
  let rowStep: Int
  let columnStep: Int

  var count: Int { rows.count * columns.count }

  /// Calls `body` with the position of each pixel's first channel.
  @inline(__always)
  func forEach(_ body: (Int) -> Void) {
    for row in rows {
      for column in columns { body(start + row * rowStep + column * columnStep) }
    }
  }
}

extension Window {
  /// Computes every output of a pool, eight channels at a time; a task is one output row.
  ///
  /// `body` gets the window's pixels, the channel and the number of channels.
  @inline(__always)
  func pool(
    _ shape: ImageShape, _ output: UnsafeMutablePointer<Float>, _ outputShape: ImageShape,
    _ workers: Workers, _ body: (PooledPixels, Int, Int) -> Vector
  ) {
    let channels = shape.channels
    workers.forEach(outputShape.height) { y in
      let firstRow = y * strideHeight - padding.top
      let rows = Self.validTaps(
        start: firstRow, kernel: kernelHeight, dilation: dilationHeight, length: shape.height)
      for x in 0..<outputShape.width {
        let firstColumn = x * strideWidth - padding.left
        let taps = PooledPixels(
          rows: rows,
          columns: Self.validTaps(
            start: firstColumn, kernel: kernelWidth, dilation: dilationWidth, length: shape.width),
          start: (firstRow * shape.width + firstColumn) * channels,
          rowStep: dilationHeight * shape.width * channels, columnStep: dilationWidth * channels)
        let target = output + (y * outputShape.width + x) * channels
        for channel in stride(from: 0, to: channels, by: Vector.scalarCount) {
          let lanes = min(Vector.scalarCount, channels - channel)
          target.store(body(taps, channel, lanes), channel, count: lanes)
        }
      }
    }
  }
}
