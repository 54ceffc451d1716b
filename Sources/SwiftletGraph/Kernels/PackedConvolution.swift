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
    blocksPerGroup = (groupOutputs + columns - 1) / columns
    let length = taps * depth
    var packed = [Float](repeating: 0, count: groups * blocksPerGroup * length * columns)
    var packedBias = [Float](repeating: 0, count: groups * blocksPerGroup * columns)
    for output in 0..<groups * groupOutputs {
      let (group, channel) = output.quotientAndRemainder(dividingBy: groupOutputs)
      let block = group * blocksPerGroup + channel / columns
      let lane = channel % columns
      packedBias[block * columns + lane] = sourceBias[output]
      let target = block * length * columns + lane
      for index in 0..<length {
        packed[target + index * columns] = source[output * length + index]
      }
    }
    weights = packed
    bias = packedBias
    zeros = [Float](repeating: 0, count: groups * depth)
  }

  /// The most output pixels of one task: their input rows stay in the second-level cache.
  private static let rowsPerTask = 8 * GemmTile.rows

  /// Computes every output pixel.
  ///
  /// - Parameters:
  ///   - pixels: the number of output pixels.
  ///   - outputChannels: the distance between output pixels.
  ///   - positions: calls `place` for each tap of an output pixel, with the input pixel's position
  ///     in elements, or −1 where the tap lies outside the image.
  func run(
    pixels: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    workers: Workers,
    positions: (_ pixel: Int, _ place: (_ tap: Int, _ position: Int) -> Void) -> Void
  ) {
    let rowTasks = (pixels + Self.rowsPerTask - 1) / Self.rowsPerTask
    let blocks = groups * blocksPerGroup
    // Few pixels: split the channels too, so that all threads have work.
    let wanted = workers.count == 1 ? 1 : 4 * workers.count
    let columnTasks = min(blocks, max(1, (wanted + rowTasks - 1) / rowTasks))
    let blocksPerTask = (blocks + columnTasks - 1) / columnTasks
    let tableLength = (Self.rowsPerTask + GemmTile.rows) * taps

    weights.withUnsafeBufferPointer { weights in
      bias.withUnsafeBufferPointer { bias in
        zeros.withUnsafeBufferPointer { zeros in
          guard let weights = weights.baseAddress, let bias = bias.baseAddress,
            let zeros = zeros.baseAddress
          else { return }
          workers.forEach(rowTasks * columnTasks) { task in
            let (rowTask, columnTask) = task.quotientAndRemainder(dividingBy: columnTasks)
            let firstRow = rowTask * Self.rowsPerTask
            let rows = min(Self.rowsPerTask, pixels - firstRow)
            let firstBlock = columnTask * blocksPerTask
            let endBlock = min(blocks, firstBlock + blocksPerTask)
            let table = UnsafeMutablePointer<UnsafePointer<Float>>.allocate(capacity: tableLength)
            table.initialize(repeating: zeros, count: tableLength)
            defer { table.deallocate() }
            for row in 0..<rows {
              let (tile, lane) = row.quotientAndRemainder(dividingBy: GemmTile.rows)
              let start = tile * taps * GemmTile.rows + lane
              positions(firstRow + row) { tap, position in
                table[start + tap * GemmTile.rows] = position < 0 ? zeros : input + position
              }
            }
            var block = firstBlock
            while block < endBlock {
              let (group, inner) = block.quotientAndRemainder(dividingBy: blocksPerGroup)
              let channel = inner * Vector.scalarCount
              let tile = GemmTile(
                taps: taps, depth: depth, channelOffset: group * depth,
                weights: weights + block * taps * depth * Vector.scalarCount,
                bias: bias.vector(block * Vector.scalarCount),
                columns: min(Vector.scalarCount, groupOutputs - channel),
                outputStride: groups * groupOutputs)
              let target = output + group * groupOutputs + channel
              var row = 0
              while row < rows {
                tile.run(
                  addresses: table + row * taps,
                  output: target + (firstRow + row) * tile.outputStride,
                  rows: min(GemmTile.rows, rows - row))
                row += GemmTile.rows
              }
              block += 1
            }
          }
        }
      }
    }
  }
}
