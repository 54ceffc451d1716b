/// Some channels of an operation's output, where they are read from and where they are written.
struct ChannelSlice {
  /// Channel blocks.
  let blocks: Range<Int32>
  /// The first channel.
  let first: Int
  let count: Int
  /// Whether the input holds all channels. Else it is a buffer of these.
  let readsWhole: Bool
  /// Whether the output holds all channels. Else it is a buffer of these.
  let writesWhole: Bool
  /// The input's first byte.
  let input: UnsafePointer<Int8>
  /// The byte of the first of these channels.
  let output: UnsafeMutablePointer<Int8>

  /// Bytes from one output pixel to the next, of `all` channels if it is whole.
  func outputStep(_ all: Int) -> Int { writesWhole ? all : count }
}

/// A kernel call for some channels of an operation.
typealias ChannelCall = (ChannelSlice) -> Void
