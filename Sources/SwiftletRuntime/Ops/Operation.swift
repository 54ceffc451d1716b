/// A verified operation: every number in it is within the range its kernel needs.
///
/// Each kind has one subclass, in a file of its own, that says all there is to know about it: its
/// checks, what a run of it costs, how it can be chained to others, and its kernel calls. A class,
/// since Embedded Swift 6.0 has no existential types.
//
// `@unchecked Sendable`, here and in the subclasses: all stored properties are constants of sendable
// types.
class Operation: @unchecked Sendable {
  /// What it is, which tensors it reads and which it computes.
  final let header: OperationHeader
  /// How its sum becomes int8, of multiply-accumulate operations.
  final let epilogue: EpilogueKind
  /// Multiply-accumulates of convolutions and fully connected layers, padding taps included.
  final let macCount: Int64
  /// Elements that a run moves, adds, pools or looks up.
  final let movedCount: Int64
  /// Constants, beside those of its channels, and places that loading checks.
  final let checkedCount: Int64
  /// Output rows and columns that loading makes a table of.
  final let tapCount: Int64
  /// The sliding window, of operations that have one.
  final let window: Window?
  /// Packed weights and their per-channel constants, of operations that have them.
  final let weights: PackedWeights?

  /// What every operation says of itself.
  init(
    _ header: OperationHeader, epilogue: EpilogueKind = .requantize, macCount: Int64 = 0,
    movedCount: Int64 = 0, checkedCount: Int64 = 0, tapCount: Int64 = 0, window: Window? = nil,
    weights: PackedWeights? = nil
  ) {
    self.header = header
    self.epilogue = epilogue
    self.macCount = macCount
    self.movedCount = movedCount
    self.checkedCount = checkedCount
    self.tapCount = tapCount
    self.window = window
    self.weights = weights
  }

  /// For people, for example `conv2D`.
  var name: StaticString { preconditionFailure("every kind has its own") }
  /// The tensor whose zero points padding reads, of operations that sum padding.
  var paddedInput: Int? { nil }
  /// How its output rows depend on rows of its first operand.
  var rows: RowDependence { .all }
  /// How its output channels depend on channels of its operand.
  var channels: ChannelDependence { .all }
  /// Pieces that it moves; none of operations that compute, nor where some elements are filled first.
  var movement: [CopyPiece] { [] }
  /// Whether it can write its output as some channels of wider pixels.
  var writesPixelSteps: Bool { false }

  /// Adds the kernel calls that compute it.
  func addSteps(to builder: inout StepBuilder) {
    preconditionFailure("every kind has its own")
  }

  /// The call for some of its rows, of operations whose `rows` are not `all`.
  func rowCall(_ builder: StepBuilder) -> RowCall {
    preconditionFailure("the schedule's check has found operations that have rows")
  }

  /// The call for some of its channels, of operations whose `channels` are not `all`.
  func channelCall(_ builder: StepBuilder) -> ChannelCall {
    preconditionFailure("the schedule's check has found operations that have channels")
  }
}

extension Operation {
  final var operands: [Int] { header.operands }
  final var output: Int { header.output }

  /// What a run of it costs, about: its multiply-accumulates, or the elements that it moves where it
  /// has none.
  final var work: Int64 { macCount > 0 ? macCount : movedCount }
}

/// What an operation's header says.
struct OperationHeader: Sendable {
  let kind: OperationKind
  let operands: [Int]
  let output: Int
  let name: StringRange
}

/// Verified packed weights with the constants of their channels.
struct PackedWeights: Sendable {
  let bytes: ByteView
  let blocks: ChannelBlocks

  /// Reads weights of this layout at `offset` of their section, and the constants of their channels
  /// behind the parameter record of type `parameters`.
  init<Parameters: OperationParameters>(
    _ reader: OperationReader, of parameters: Parameters.Type, _ layout: WeightLayout,
    at offset: UInt64, _ epilogue: EpilogueKind
  ) throws(BundleError) {
    bytes = try reader.weights(layout, at: offset)
    blocks = try ChannelBlocks(reader, of: parameters, layout, epilogue)
  }

  var pointer: UnsafePointer<Int8> { bytes.base.assumingMemoryBound(to: Int8.self) }
}

/// Which rows of its first operand an output row is computed from; other operands are read in the same
/// row, or whole.
enum RowDependence: Sendable {
  /// All, or the operation cannot be computed by rows.
  case all
  /// The same row.
  case same
  /// Those under the window.
  case window(Window)
}

/// Which channels of its only operand an output channel is computed from.
enum ChannelDependence: Sendable {
  /// The operation cannot be computed by channels.
  case all
  /// All channels, and output channels can be computed apart: the operation can begin a chain.
  case first
  /// The same channel.
  case same
  /// The same channel, of all pixels: the operation can end a chain.
  case last
}
