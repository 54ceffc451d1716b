/// The matrix product's inner loop: up to six output pixels by eight output channels.
///
/// The twelve sums stay in registers on SSE2 (sixteen registers) and NEON. Each sum begins with
/// the bias and adds the products in the order tap, input channel, multiplication and addition
/// rounded separately, so it is the same number on every machine and in every tile.
struct GemmTile {
  static let rows = 6

  let taps: Int
  /// Input channels per tap.
  let depth: Int
  /// Added to each address: where the group's channels begin.
  let channelOffset: Int
  /// `[tap][input channel][8]`.
  let weights: UnsafePointer<Float>
  let bias: Vector
  /// How many of the eight columns to write.
  let columns: Int
  /// The distance between output pixels.
  let outputStride: Int

  /// Computes one tile.
  ///
  /// - Parameters:
  ///   - addresses: `[tap][6]` addresses of input pixels; all six must be readable, whatever `rows`.
  ///   - output: the first pixel's first channel of this tile.
  ///   - rows: how many pixels to write, 1 to 6.
  @inline(__always)
  func run(
    addresses: UnsafePointer<UnsafePointer<Float>>, output: UnsafeMutablePointer<Float>, rows: Int
  ) {
    if rows == 1 {
      output.store(one(addresses), 0, count: columns)
    } else {
      six(addresses, output, rows)
    }
  }

  /// One pixel, as in fully connected layers.
  private func one(_ addresses: UnsafePointer<UnsafePointer<Float>>) -> Vector {
    var sum = bias
    var weight = weights
    var tap = 0
    while tap < taps {
      let pixel = addresses[tap &* Self.rows] + channelOffset
      var index = 0
      while index < depth {
        sum.accumulate(weight.vector(0), Vector(repeating: pixel[index]))
        weight += Vector.scalarCount
        index &+= 1
      }
      tap &+= 1
    }
    return sum
  }

  /// Two to six pixels; the missing ones are computed too and not written.
  private func six(
    _ addresses: UnsafePointer<UnsafePointer<Float>>, _ output: UnsafeMutablePointer<Float>,
    _ rows: Int
  ) {
    var sum0 = bias
    var sum1 = bias
    var sum2 = bias
    var sum3 = bias
    var sum4 = bias
    var sum5 = bias
    var weight = weights
    var address = addresses
    var tap = 0
    while tap < taps {
      let pixel0 = address[0] + channelOffset
      let pixel1 = address[1] + channelOffset
      let pixel2 = address[2] + channelOffset
      let pixel3 = address[3] + channelOffset
      let pixel4 = address[4] + channelOffset
      let pixel5 = address[5] + channelOffset
      var index = 0
      while index < depth {
        let column = weight.vector(0)
        sum0.accumulate(column, Vector(repeating: pixel0[index]))
        sum1.accumulate(column, Vector(repeating: pixel1[index]))
        sum2.accumulate(column, Vector(repeating: pixel2[index]))
        sum3.accumulate(column, Vector(repeating: pixel3[index]))
        sum4.accumulate(column, Vector(repeating: pixel4[index]))
        sum5.accumulate(column, Vector(repeating: pixel5[index]))
        weight += Vector.scalarCount
        index &+= 1
      }
      address += Self.rows
      tap &+= 1
    }
    output.store(sum0, 0, count: columns)
    output.store(sum1, outputStride, count: columns)
    if rows > 2 { output.store(sum2, 2 &* outputStride, count: columns) }
    if rows > 3 { output.store(sum3, 3 &* outputStride, count: columns) }
    if rows > 4 { output.store(sum4, 4 &* outputStride, count: columns) }
    if rows > 5 { output.store(sum5, 5 &* outputStride, count: columns) }
  }
}
