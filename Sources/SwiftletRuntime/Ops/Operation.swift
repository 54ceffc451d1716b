/// A verified operation: every number in it is within the range its kernel needs.
///
/// Each kind has one conforming class, in a file of its own, that says all there is to know about it:
/// its checks, what a run of it costs, how it can be chained to others, and its kernel calls.
/// Immutable. Class-bound, since Embedded Swift has no other existential types.
protocol Operation: AnyObject, Sendable {
  /// What it is, which tensors it reads and which it computes.
  var header: OperationHeader { get }
  /// How its sum becomes int8, of multiply-accumulate operations.
  var epilogue: EpilogueKind { get }
  /// Multiply-accumulates of convolutions and fully connected layers, padding taps included.
  var macCount: Int64 { get }
  /// Elements that a run moves, adds, pools or looks up.
  var movedCount: Int64 { get }
  /// The sliding window, of operations that have one.
  var window: Window? { get }
  /// Packed weights and their per-channel constants, of operations that have them.
  var weights: PackedWeights? { get }
  /// The tensor whose zero points padding reads, of operations that sum padding.
  var paddedInput: Int? { get }
  /// How its output rows depend on rows of its first operand.
  var rows: RowDependence { get }
  /// Pieces that it moves; none of operations that compute, nor where some elements are filled first.
  var movement: [CopyPiece] { get }
  /// Whether it can write its output as some channels of wider pixels.
  var writesPixelSteps: Bool { get }
  /// How its output channels depend on channels of its operand.
  var channels: ChannelDependence { get }

  /// Verifies the parameters of a record.
  init(_ reader: OperationReader) throws(BundleError)

  /// Adds the kernel calls that compute it.
  func addSteps(to builder: inout StepBuilder)

  /// The call for some of its rows, of operations whose `rows` are not `all`.
  func rowCall(_ builder: StepBuilder) -> RowCall

  /// The call for some of its channels, of operations whose `channels` are not `all`.
  func channelCall(_ builder: StepBuilder) -> ChannelCall
}

// What most kinds answer.
extension Operation {
  var epilogue: EpilogueKind { .requantize }
  var macCount: Int64 { 0 }
  var window: Window? { nil }
  var weights: PackedWeights? { nil }
  var paddedInput: Int? { nil }
  var rows: RowDependence { .all }
  var channels: ChannelDependence { .all }
  var movement: [CopyPiece] { [] }
  var writesPixelSteps: Bool { false }

  func rowCall(_ builder: StepBuilder) -> RowCall {
    preconditionFailure("the schedule's check has found operations that have rows")
  }

  func channelCall(_ builder: StepBuilder) -> ChannelCall {
    preconditionFailure("the schedule's check has found operations that have channels")
  }
}

extension Operation {
  var operands: [Int] { header.operands }
  var output: Int { header.output }

  /// What a run of it costs, about: its multiply-accumulates, or the elements that it moves where it
  /// has none.
  var work: Int64 { macCount > 0 ? macCount : movedCount }
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
