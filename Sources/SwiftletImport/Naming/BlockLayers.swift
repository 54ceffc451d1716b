import SwiftletGraph

/// The layers of a network of depthwise blocks by what they are for: numbers in execution order.
struct BlockLayers {
  /// One block: perhaps an expansion, a depthwise convolution, perhaps a gate, a projection.
  struct Block {
    var expansion: Int?
    var depthwise: Int
    /// The two layers of the squeeze-and-excitation.
    var gate: (reduce: Int, expand: Int)?
    var projection: Int
  }

  /// In execution order. The first layer of the network is the stem.
  private(set) var blocks: [Block] = []
  /// The layers after the last block.
  let tail: Range<Int>

  /// Takes the layers apart: every depthwise convolution is the middle of a block, with its expansion
  /// before it and gate and projection after it.
  init(_ layers: [WeightLayer]) {
    var first = 1
    for depthwise in layers.indices where layers[depthwise].kind == .depthwise {
      let isGated = layers[depthwise + 1].kind == .gate
      let projection = depthwise + (isGated ? 3 : 1)
      blocks.append(
        Block(
          expansion: first < depthwise ? first : nil, depthwise: depthwise,
          gate: isGated ? (depthwise + 1, depthwise + 2) : nil, projection: projection))
      first = projection + 1
    }
    tail = first..<layers.count
  }

  /// The blocks in stages of so many each, with the number of the stage and of the block in it.
  func stages(_ counts: [Int]) -> [(stage: Int, repetition: Int, block: Block)] {
    let places = counts.enumerated().flatMap { stage, count in
      (0..<count).map { (stage, $0) }
    }
    precondition(places.count == blocks.count, "every block is in a stage")
    return zip(places, blocks).map { (stage: $0.0, repetition: $0.1, block: $1) }
  }
}
