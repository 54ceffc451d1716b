/// A convolution or fully connected layer as a matrix product, weights in the kernel's order.
///
/// Weights stand in blocks of eight output channels, `[block][tap][input channel of the group][8]`,
/// zeros where a group's channels end inside a block. The kernel reads pixels through a table of
/// addresses, one per output pixel and tap, so stride, dilation and padding cost nothing in the
/// inner loop; taps outside the image point to zeros.
struct PackedConvolution: Sendable {
  private let groups: Int
  private let taps: Int
  /// Input and output channels of one group.
  private let depth: Int
  private let groupOutputs: Int
  private let blocksPerGroup: Int
  private let weights: [Float]
  private let bias: [Float]
  /// What a tap outside the image reads: as many zeros as the input has channels.
  private let zeros: [Float]

  /// Packs OHWI weights: `[groups · groupOutputs][taps][depth]`.
  init(
    groups: Int, taps: Int, depth: Int, groupOutputs: Int, weights source: [Float],
    bias sourceBias: [Float]
  ) {
    let columns = Vector.scalarCount
    self.groups = groups
    self.taps = taps
    self.depth = depth
    self.groupOutputs = groupOutputs
    let blocksPerGroup = (groupOutputs + columns - 1) / columns
    self.blocksPerGroup = blocksPerGroup
    let length = taps * depth
    let blocks = groups * blocksPerGroup
    var packedBias = [Float](repeating: 0, count: blocks * columns)
    let packed = [Float](unsafeUninitializedCapacity: blocks * length * columns) { packed, count in
      for block in 0..<blocks {
        let (group, inner) = block.quotientAndRemainder(dividingBy: blocksPerGroup)
        let first = group * groupOutputs + inner * columns
        let lanes = min(columns, groupOutputs - inner * columns)
        for lane in 0..<lanes { packedBias[block * columns + lane] = sourceBias[first + lane] }
        let target = packed[(block * length * columns)..<((block + 1) * length * columns)]
        Self.pack(
          source[(first * length)..<((first + lanes) * length)], lanes: lanes, length: length,
          to: UnsafeMutableBufferPointer(rebasing: target))
      }
      count = packed.count
    }
    weights = packed
    bias = packedBias
    zeros = [Float](repeating: 0, count: groups * depth)
  }

  /// Writes the weights of the output channels of one block, `[lanes][length]`, as
  /// `[length][8]`, with zeros in the lanes that are left over.
  private static func pack(
    _ source: ArraySlice<Float>, lanes: Int, length: Int,
    to target: UnsafeMutableBufferPointer<Float>
  ) {
    source.withUnsafeBufferPointer { source in
      for index in 0..<length {
        let start = index &* Vector.scalarCount
        for lane in 0..<lanes { target[start &+ lane] = source[lane &* length &+ index] }
        for lane in lanes..<Vector.scalarCount { target[start &+ lane] = 0 }
      }
    }
  }

  /// The most output pixels of one task: their input rows stay in the second-level cache.
  private static let rowsPerTask = 8 * GemmTile.rows

  /// Finds the input pixels of an output pixel: calls `place` for each tap, with the pixel's
  /// position in elements, or −1 where the tap lies outside the image.
  typealias Locate = (_ pixel: Int, _ place: (_ tap: Int, _ position: Int) -> Void) -> Void

  /// Computes `pixels` output pixels.
  func run(
    pixels: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    workers: Workers, locate: Locate
  ) {
    let rowTasks = (pixels + Self.rowsPerTask - 1) / Self.rowsPerTask
    let blocks = groups * blocksPerGroup
    // Few pixels: split the channels too, so that all threads have work.
    let wanted = workers.count == 1 ? 1 : 4 * workers.count
    let columnTasks = min(blocks, max(1, (wanted + rowTasks - 1) / rowTasks))
    let blocksPerTask = (blocks + columnTasks - 1) / columnTasks
    workers.forEach(rowTasks * columnTasks) { task in
      let (rowTask, columnTask) = task.quotientAndRemainder(dividingBy: columnTasks)
      let firstRow = rowTask * Self.rowsPerTask
      let firstBlock = min(blocks, columnTask * blocksPerTask)
      runTask(
        rows: firstRow..<min(pixels, firstRow + Self.rowsPerTask),
        blocks: firstBlock..<min(blocks, firstBlock + blocksPerTask),
        input: input, output: output, locate: locate)
    }
  }

  /// Computes some output pixels of some channel blocks.
  private func runTask(
    rows: Range<Int>, blocks: Range<Int>, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, locate: Locate
  ) {
    withAddresses(of: rows, input: input, locate: locate) { addresses in
      weights.withUnsafeBufferPointer { weights in
        bias.withUnsafeBufferPointer { bias in
          guard let weights = weights.baseAddress, let bias = bias.baseAddress else { return }
          for block in blocks {
            let (group, inner) = block.quotientAndRemainder(dividingBy: blocksPerGroup)
            let channel = inner * Vector.scalarCount
            let tile = GemmTile(
              taps: taps, depth: depth, channelOffset: group * depth,
              weights: weights + block * taps * depth * Vector.scalarCount,
              bias: bias.vector(block * Vector.scalarCount),
              columns: min(Vector.scalarCount, groupOutputs - channel),
              outputStride: groups * groupOutputs)
            let target = output + group * groupOutputs + channel
            for row in stride(from: 0, to: rows.count, by: GemmTile.rows) {
              tile.run(
                addresses: addresses + row * taps,
                output: target + (rows.lowerBound + row) * tile.outputStride,
                rows: min(GemmTile.rows, rows.count - row))
            }
          }
        }
      }
    }
  }

  /// Calls `body` with the table of addresses, `[tile of 6 rows][tap][6]`; rows that the last tile
  /// lacks point to zeros. The table is valid only during the call.
  private func withAddresses(
    of rows: Range<Int>, input: UnsafePointer<Float>, locate: Locate,
    _ body: (UnsafePointer<UnsafePointer<Float>>) -> Void
  ) {
    let tiles = (rows.count + GemmTile.rows - 1) / GemmTile.rows
    zeros.withUnsafeBufferPointer { zeros in
      guard let zeros = zeros.baseAddress else { return }
      var table = [UnsafePointer<Float>](repeating: zeros, count: tiles * taps * GemmTile.rows)
      table.withUnsafeMutableBufferPointer { table in
        guard let table = table.baseAddress else { return }
        for row in 0..<rows.count {
          let (tile, lane) = row.quotientAndRemainder(dividingBy: GemmTile.rows)
          let first = table + tile * taps * GemmTile.rows + lane
          locate(rows.lowerBound + row) { tap, position in
            first[tap * GemmTile.rows] = position < 0 ? zeros : input + position
          }
        }
        body(table)
      }
    }
  }
}
