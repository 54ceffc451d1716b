internal import CSwiftletKernels

/// A kernel call with all its addresses. Holds no references, so that running counts none.
struct Step {
  /// Rows, pixels, elements or blocks of 16 channels, whichever the kernel is divided by.
  let units: Int32
  /// In how many parts the units are dealt to threads.
  let parts: Int32
  /// The indices of the operations that it computes: several in a chain.
  let operations: Range<Int>
  let call: KernelCall

  /// Computes part `part` of `parts`.
  func run(part: Int32) {
    let begin = Int32(Int64(units) * Int64(part) / Int64(parts))
    let end = Int32(Int64(units) * Int64(part + 1) / Int64(parts))
    if begin < end { call.run(begin..<end, part: part) }
  }
}

/// The kernels' calling conventions.
enum KernelCall {
  case conv(ConvStep)
  case rowChain(RowChainStep)
  case channelChain(ChannelChainStep)
  case fullyConnected(FullyConnectedStep)
  case add(AddStep)
  case multiply(MultiplyStep)
  case pool(PoolStep)
  case mean(MeanStep)
  case copy(CopyStep)
  case fill(FillStep)
  case lookup(LookupStep)

  /// Computes `units`; parts that run at the same time have different numbers.
  func run(_ units: Range<Int32>, part: Int32) {
    switch self {
    case .conv(let step): step.run(units)
    case .rowChain(let step): step.run(units, part: part)
    case .channelChain(let step): step.run(units, part: part)
    case .fullyConnected(let step): step.run(units)
    case .add(let step): step.run(units)
    case .multiply(let step): step.run(units)
    case .pool(let step): step.run(units)
    case .mean(let step): step.run(units)
    case .copy(let step): step.run(units)
    case .fill(let step): step.run(units)
    case .lookup(let step): step.run(units)
    }
  }
}

extension Range<Int32> {
  /// What `count` is. In a debug build that, like `isEmpty`, has types looked up, which the first
  /// time allocates, and running must not.
  var length: Int32 { upperBound - lowerBound }
}
