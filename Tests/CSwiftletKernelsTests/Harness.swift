import CSwiftletKernels
import CSwiftletSystem
import Foundation

/// The kernel sets this CPU can run, by their place in the table.
let supportedSets: [Int32] = (0..<swl_kernel_set_count()).filter {
  swl_kernel_set_is_supported($0) != 0
}

/// The set at a place of the table.
func kernelSet(_ index: Int32) -> SwlKernelSet {
  swl_kernel_set_at(index).pointee
}

/// A copy of bytes as the runtime keeps them: 64-byte aligned, and followed by 64 readable bytes
/// whose values must not matter.
final class AlignedBytes {
  private let start: UnsafeMutableRawPointer

  init<Element>(_ elements: [Element]) {
    let length = elements.count * MemoryLayout<Element>.stride
    guard let memory = swl_aligned_alloc(Int64(length + 64)) else {
      fatalError("no memory for a test of \(length) bytes")
    }
    start = memory
    elements.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { start.copyMemory(from: base, byteCount: length) }
    }
    memset(start + length, 0xB7, 64)
  }

  deinit { swl_aligned_free(start) }

  /// The bytes as int8; valid while this object lives.
  var int8s: UnsafePointer<Int8> { UnsafePointer(start.assumingMemoryBound(to: Int8.self)) }

  /// The bytes as channel blocks; valid while this object lives.
  var channelBlocks: UnsafePointer<SwlChannelBlock> {
    UnsafePointer(start.assumingMemoryBound(to: SwlChannelBlock.self))
  }
}

/// Calls `body` with aligned copies of the arrays, in their order.
func withAligned<Result>(
  _ arrays: [Int8]..., body: ([UnsafePointer<Int8>]) -> Result
) -> Result {
  let copies = arrays.map { AlignedBytes($0) }
  return withExtendedLifetime(copies) { body(copies.map { $0.int8s }) }
}

/// Runs `body` on an output of `count` bytes that stands between guards, and returns what is in
/// it. Nil when a guard was written.
func withGuardedOutput(
  _ count: Int, fill: Int8, _ body: (UnsafeMutablePointer<Int8>) -> Void
) -> [Int8]? {
  let length = 64
  let guardBytes = [Int8](repeating: 0x5A, count: length)
  var all = guardBytes + [Int8](repeating: fill, count: count) + guardBytes
  all.withUnsafeMutableBufferPointer { buffer in
    if let base = buffer.baseAddress { body(base + length) }
  }
  let isIntact = Array(all.prefix(length)) == guardBytes && Array(all.suffix(length)) == guardBytes
  return isIntact ? Array(all[length..<length + count]) : nil
}

/// Pixels of some channels within wider pixels.
struct WidePixels {
  let channels: Int
  /// Bytes from one pixel to the next.
  let step: Int

  /// The bytes of pixels side by side, each followed by `fill`.
  func spread(_ bytes: [Int8], fill: Int8) -> [Int8] {
    stride(from: 0, to: bytes.count, by: channels).flatMap { first in
      bytes[first..<first + channels] + [Int8](repeating: fill, count: step - channels)
    }
  }
}

/// What is wrong with a kernel that computes units (rows, blocks, channels) [begin, end) of an
/// output, or nil: the whole, and both parts of every split, must equal `expected` and touch
/// nothing else. `offset` gives the first byte of a unit.
///
/// With `pixels` the output is wider than `expected`: after each pixel stand bytes that must stay.
func faultOfParts(
  expected: [Int8], units: Int, pixels: WidePixels? = nil, offset: (Int) -> Int,
  run: (UnsafeMutablePointer<Int8>, Int32, Int32) -> Void
) -> String? {
  for cut in 0...units {
    // The fill differs between the parts, so that a byte left out shows.
    for (begin, end, fill) in [(0, cut, Int8(99)), (cut, units, Int8(-99))] {
      let from = offset(begin)
      let to = offset(end)
      let compact =
        [Int8](repeating: fill, count: from) + expected[from..<to]
        + [Int8](repeating: fill, count: expected.count - to)
      let wanted = pixels?.spread(compact, fill: fill) ?? compact
      let found = withGuardedOutput(wanted.count, fill: fill) {
        run($0, Int32(begin), Int32(end))
      }
      if let fault = difference(found, wanted) { return "part \(begin)..<\(end): \(fault)" }
    }
  }
  return nil
}

/// What is wrong with an output, or nil. A nil output is one whose guards were overwritten.
func difference(_ found: [Int8]?, _ wanted: [Int8]) -> String? {
  guard let found else { return "wrote outside the output" }
  if found == wanted { return nil }
  for i in 0..<wanted.count where found[i] != wanted[i] {
    return "byte \(i): expected \(wanted[i]), found \(found[i])"
  }
  return "expected \(wanted.count) bytes, found \(found.count)"
}
