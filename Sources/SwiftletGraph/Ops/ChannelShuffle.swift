/// Deals the channels of several groups in turn (ShuffleNet, Zhang et al., 2017, section 3.1):
/// channel i of group g becomes channel i · groups + g.
public struct ChannelShuffle: Sendable {
  /// How many groups there are; they divide the channels.
  public var groups: Int
  /// Where the channels stand.
  public var layout: ImageLayout

  /// A shuffle of so many groups.
  public init(groups: Int, layout: ImageLayout = .channelsFirst) {
    self.groups = groups
    self.layout = layout
  }
}

extension ChannelShuffle: DataMovement {
  package var name: String { "channelShuffle" }
  package var details: String { "\(groups) groups" }

  package var layoutRule: LayoutRule {
    .image(
      layout, channelsLast: .channelShuffle(ChannelShuffle(groups: groups, layout: .channelsLast)))
  }

  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try validatedInput(inputs)
    let channels = try layout.requiredImage(input).channels
    guard groups >= 1, channels % groups == 0 else {
      throw .malformed("\(groups) groups do not divide \(channels) channels")
    }
    return [input]
  }

  package func pieces(inputs: [Shape], outputs: [Shape]) -> [CopyPiece] {
    let shape = inputs[0]
    let dimension = layout.channelDimension(rank: shape.rank)
    let outer = shape.dimensions[..<dimension].reduce(1, *)
    let inner = shape.dimensions[(dimension + 1)...].reduce(1, *)
    let (channels, each) = (shape[dimension], shape[dimension] / groups)
    return [
      CopyPiece(
        input: 0, sizes: [outer, each, groups, inner],
        inputStrides: [channels * inner, inner, each * inner, 1],
        outputStrides: [channels * inner, groups * inner, inner, 1])
    ]
  }
}
