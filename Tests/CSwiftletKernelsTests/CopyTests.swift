import CSwiftletKernels
import SwiftletTestSupport
import Testing

@Suite struct CopyTests {
  /// Copies by every set, from an input of random bytes.
  private func expectCopies(_ box: CopyBox, input inputCount: Int, output outputCount: Int) {
    var random = SplitMix64(seed: UInt64(inputCount * 31 + outputCount))
    let input = random.int8s(inputCount, .random)
    let table = random.int8s(256, .random)
    let faults = box.faults(input: input, outputCount: outputCount, table: table)
    #expect(faults == [])
  }

  /// Copies a box of a dense input to a dense output, of which the dimensions are in another order.
  private func expectTranspose(_ sizes: [Int], order: [Int]) {
    var strides = [Int](repeating: 0, count: sizes.count)
    for (dimension, stride) in zip(order, CopyBox.dense(order.map { sizes[$0] })) {
      strides[dimension] = stride
    }
    let box = CopyBox(
      sizes: sizes, inputStrides: CopyBox.dense(sizes), outputStrides: strides)
    let count = sizes.reduce(1, *)
    expectCopies(box, input: count, output: count)
    // The dimensions named in the order of the output, which is another first one to divide.
    expectCopies(box.reordered(order), input: count, output: count)
  }

  /// Every length of a run about those that kernels treat apart.
  @Test(arguments: Array(1...70) + [127, 128, 129, 255, 256, 257, 511, 512, 513, 700])
  func concatenation(_ channels: Int) {
    for pixels in [1, 3] {
      let total = channels + 13
      let box = CopyBox(
        sizes: [pixels, channels], inputStrides: [channels, 1], outputStrides: [total, 1],
        outputStart: 6)
      expectCopies(box, input: pixels * channels, output: pixels * total)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 6, 8, 16, 24, 58])
  func slice(_ channels: Int) {
    let (height, width, from) = (7, 5, channels + 9)
    let box = CopyBox(
      sizes: [height - 2, width - 1, channels], inputStrides: [width * from, from, 1],
      outputStrides: [(width - 1) * channels, channels, 1],
      inputStart: width * from + from + 4)
    expectCopies(
      box, input: height * width * from, output: (height - 2) * (width - 1) * channels)
  }

  /// Every second pixel of every second row, next to the other three of its four.
  @Test(arguments: [1, 2, 3, 4, 5, 8, 12, 16])
  func spaceToDepth(_ channels: Int) {
    let (height, width) = (5, 6)
    let pixel = 4 * channels
    let box = CopyBox(
      sizes: [height, 2, width, 2, channels],
      inputStrides: [4 * width * channels, 2 * width * channels, 2 * channels, channels, 1],
      outputStrides: [width * pixel, 2 * channels, pixel, channels, 1])
    expectCopies(box, input: height * width * pixel, output: height * width * pixel)
  }

  @Test(arguments: [
    (2, 58), (2, 116), (2, 8), (3, 80), (3, 16), (3, 5), (4, 17), (4, 68), (8, 24), (5, 21),
  ])
  func channelShuffle(_ groups: Int, _ channels: Int) {
    // Both ways: the inverse of a shuffle is one of as many groups as channels.
    expectTranspose([3, groups, channels], order: [0, 2, 1])
    expectTranspose([3, channels, groups], order: [0, 2, 1])
  }

  @Test(arguments: [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 64, 65])
  func transpose(_ rows: Int) {
    for columns in [1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 19, 31, 32, 35, 64, 67] {
      expectTranspose([rows, columns], order: [1, 0])
    }
  }

  @Test(arguments: [(1, 3), (3, 20), (4, 16), (24, 49), (64, 56)])
  func layouts(_ channels: Int, _ pixels: Int) {
    expectTranspose([channels, pixels, 3], order: [1, 2, 0])
    expectTranspose([pixels, 3, channels], order: [2, 0, 1])
  }

  /// Transposes of which the rows or the pixels are parts of wider ones.
  @Test(arguments: [2, 3, 4, 8, 16, 33], [2, 3, 4, 8, 16, 33])
  func transposeOfParts(_ rows: Int, _ columns: Int) {
    for (more, extra) in [(0, 3), (5, 0), (5, 3)] {
      let box = CopyBox(
        sizes: [2, rows, columns],
        inputStrides: [rows * (columns + more) + 7, columns + more, 1],
        outputStrides: [columns * (rows + extra) + 11, 1, rows + extra], inputStart: 2,
        outputStart: 1)
      expectCopies(
        box, input: 2 + CopyBox.extent(box.sizes, box.inputStrides),
        output: 1 + CopyBox.extent(box.sizes, box.outputStrides))
    }
  }

  @Test(arguments: [1, 2, 3, 4, 8, 17, 128], [2, 3])
  func nearestUpsampling(_ channels: Int, _ factor: Int) {
    let (height, width) = (3, 5)
    let row = width * factor * channels
    let box = CopyBox(
      sizes: [height, factor, width, factor, channels],
      inputStrides: [width * channels, 0, channels, 0, 1],
      outputStrides: [factor * row, row, factor * channels, channels, 1])
    expectCopies(
      box, input: height * width * channels, output: height * factor * row)
  }

  /// One byte, or one of each channel, everywhere.
  @Test(arguments: [1, 2, 15, 16, 17, 300])
  func broadcast(_ count: Int) {
    expectCopies(
      CopyBox(sizes: [3, count], inputStrides: [0, 0], outputStrides: [count + 1, 1]), input: 1,
      output: 3 * (count + 1))
    expectCopies(
      CopyBox(sizes: [3, count, 5], inputStrides: [0, 1, 0], outputStrides: [count * 5, 5, 1]),
      input: count, output: 15 * count)
    expectCopies(
      CopyBox(
        sizes: [4, count, 20], inputStrides: [0, 1, 0], outputStrides: [count * 20, 20, 1]),
      input: count, output: 80 * count)
  }

  /// Rows and columns in the opposite order.
  @Test func reversal() {
    let (height, width, channels) = (3, 20, 4)
    let count = height * width * channels
    for (row, pixel, channel) in [(-1, 1, 1), (1, -1, 1), (1, 1, -1), (-1, -1, -1)] {
      let strides = [row * width * channels, pixel * channels, channel]
      let sizes = [height, width, channels]
      let start = zip(sizes, strides).map { $1 < 0 ? -($0 - 1) * $1 : 0 }.reduce(0, +)
      expectCopies(
        CopyBox(
          sizes: sizes, inputStrides: strides, outputStrides: CopyBox.dense(sizes),
          inputStart: start), input: count, output: count)
    }
  }

  /// Boxes of any rank, in any order, with any strides.
  @Test(arguments: 1...6)
  func anything(_ rank: Int) {
    var random = SplitMix64(seed: UInt64(700 + rank))
    for _ in 0..<150 {
      let most = [700, 70, 34, 18, 6, 5][rank - 1]
      let sizes = (0..<rank).map { _ in
        Int.random(in: 0...4, using: &random) == 0 ? 1 : Int.random(in: 1...most, using: &random)
      }
      // Dense in some order, at times with gaps, or repeated.
      var box = CopyBox(sizes: sizes, inputStrides: sizes, outputStrides: sizes)
      var (inputLength, outputLength) = (1, 1)
      for d in (0..<rank).shuffled(using: &random) {
        let repeats = Int.random(in: 0...5, using: &random) == 0
        box.inputStrides[d] = repeats ? 0 : inputLength
        if !repeats { inputLength *= sizes[d] }
        if Int.random(in: 0...3, using: &random) == 0 { inputLength += 3 }
      }
      for d in (0..<rank).shuffled(using: &random) {
        box.outputStrides[d] = outputLength
        outputLength *= sizes[d]
        if Int.random(in: 0...3, using: &random) == 0 { outputLength += 2 }
      }
      expectCopies(
        box, input: CopyBox.extent(box.sizes, box.inputStrides),
        output: CopyBox.extent(box.sizes, box.outputStrides))
    }
  }
}
