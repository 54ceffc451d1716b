extension Workers {
  /// How many elements one task of a simple operation covers: enough to be worth a thread.
  static let elementsPerTask = 16_384

  /// Computes `count` elements, eight at a time.
  ///
  /// `body` gets the first element's index and the number of elements (8, or what is left at the
  /// end) and returns their results.
  @inline(__always)
  func forEachVector(
    _ count: Int, _ output: UnsafeMutablePointer<Float>, _ body: (Int, Int) -> Vector
  ) {
    let step = Vector.scalarCount
    forEachRange(count, grain: Self.elementsPerTask) { range in
      var index = range.lowerBound
      while index &+ step <= range.upperBound {
        output.store(body(index, step), index)
        index &+= step
      }
      if index < range.upperBound {
        let lanes = range.upperBound &- index
        output.store(body(index, lanes), index, count: lanes)
      }
    }
  }

  /// Computes all elements of a tensor, eight channels of a pixel at a time.
  ///
  /// `body` gets the position of the pixel's first channel, the channel and the number of channels
  /// (8, or what is left at the end) and returns their results.
  @inline(__always)
  func forEachPixelVector(
    _ shape: ImageShape, _ output: UnsafeMutablePointer<Float>, _ body: (Int, Int, Int) -> Vector
  ) {
    let step = Vector.scalarCount
    let channels = shape.channels
    forEachRange(shape.area, grain: max(1, Self.elementsPerTask / channels)) { pixels in
      var pixel = pixels.lowerBound &* channels
      for _ in pixels {
        var channel = 0
        while channel &+ step <= channels {
          output.store(body(pixel, channel, step), pixel &+ channel)
          channel &+= step
        }
        if channel < channels {
          let lanes = channels &- channel
          output.store(body(pixel, channel, lanes), pixel &+ channel, count: lanes)
        }
        pixel &+= channels
      }
    }
  }
}
