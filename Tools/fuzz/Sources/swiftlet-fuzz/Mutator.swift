import CLibFuzzer
import SwiftletPlatform

/// Changes whole items of an input: inserts, repeats, removes and exchanges them.
///
/// libFuzzer's own mutations of bytes change what an item says; these change how many there are and
/// their order, which moving single bytes would garble.
enum Mutator {
  /// Changes `size` bytes of `data`, of which there is room for `capacity`; returns how many there
  /// are then.
  static func mutate(
    _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, seed: UInt32,
    _ target: FuzzTarget
  ) -> Int {
    var random = SplitMix64(seed: UInt64(seed))
    let (head, length) = (target.headLength, target.itemLength)
    let items = (size - head) / length
    guard items > 0, random.next() % 3 == 0 else { return LLVMFuzzerMutate(data, size, capacity) }
    var bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let first = Int(random.next() % UInt64(items))
    let second = Int(random.next() % UInt64(items))
    let (a, b) = (head + first * length, head + second * length)
    switch random.next() % 4 {
    case 0: bytes.insert(contentsOf: bytes[a..<(a + length)], at: b)
    case 1: bytes.removeSubrange(a..<(a + length))
    case 2:
      for index in 0..<length { bytes.swapAt(a + index, b + index) }
    default:
      let fresh = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next() >> 24) }
      bytes.insert(contentsOf: fresh, at: b)
    }
    guard bytes.count <= capacity else { return LLVMFuzzerMutate(data, size, capacity) }
    for (index, byte) in bytes.enumerated() { data[index] = byte }
    return bytes.count
  }
}
