import SwiftletDigest
import SwiftletPlatform

@testable import SwiftletRuntimeTests

/// Makes a bundle of an input: a network of random layers, or one of every operation, or the input's
/// own bytes; then changes fields of it and signs it again, as an attacker would.
enum BundleInput {
  private static let sample = SampleNetwork().bytes

  static func bundle(_ input: inout Input) -> [UInt8] {
    var bytes: [UInt8]
    let kind = input.below(8)
    if kind == 7 {
      bytes = input.rest()
    } else {
      let head = input.take(BundleTarget.headLength - 1)
      bytes = kind < 2 ? sample : kind == 2 ? resize(head) : network(head)
      var changes = 0
      while !input.isEmpty, changes < 16 {
        change(&bytes, &input)
        changes += 1
      }
    }
    sign(&bytes)
    return bytes
  }

  /// Layers one after another, each chosen by two bytes.
  private static func network(_ head: [UInt8]) -> [UInt8] {
    let number = head.map(Int.init) + [Int](repeating: 0, count: 13 - head.count)
    let (height, width) = (3 + number[0] % 14, 3 + number[1] % 10)
    var layers: [ChainLayer] = []
    var size = (height, width)
    for index in 0...(number[3] % 4) {
      let (kind, value) = (number[5 + 2 * index], number[6 + 2 * index])
      var random = SplitMix64(seed: UInt64(kind << 8 | value))
      if kind % 8 == 7, index > 0 {
        layers.append(.lookup)
        continue
      }
      var layer = ChainLayer.random(height: size.0, width: size.1, channels: 1, &random)
      layer.perChannel = kind % 16 == 3
      if kind % 4 == 1, !layer.depthwise {
        (layer.kernel, layer.stride, layer.padding) = ((1, 1), 1, [0, 0, 0, 0])
      }
      let tall = size.0 + layer.padding[0] + layer.padding[2] - layer.kernel.0
      let wide = size.1 + layer.padding[1] + layer.padding[3] - layer.kernel.1
      size = (tall / layer.stride + 1, wide / layer.stride + 1)
      layers.append(layer)
    }
    if number[4] % 8 == 5 { layers += [.mean, .multiply(layers.count)] }
    return ChainNetwork(
      height, width, 1 + number[2] % 6, layers, seed: UInt64(number[4])
    ).bundle
  }

  /// A resize from one size to another.
  private static func resize(_ head: [UInt8]) -> [UInt8] {
    let number = head.map(Int.init) + [Int](repeating: 0, count: 13 - head.count)
    var builder = BundleBuilder()
    let (rows, columns) = (1 + number[3] % 40, 1 + number[4] % 40)
    let x = builder.tensor(
      1 + number[0] % 24, 1 + number[1] % 24, 1 + number[2] % 40, zeroPoints: [5])
    let y = builder.tensor(rows, columns, 1 + number[2] % 40, zeroPoints: [5])
    builder.port("x", x, isOutput: false)
    builder.port("y", y, isOutput: true)
    builder.operation(.resize, [x], y) {
      $0.arrays = padded(words([number[5] % 2, number[6] % 3, rows, columns]), 64)
    }
    return builder.build()
  }

  /// Numbers at the borders of what fields hold.
  private static let borders: [UInt32] = [
    0, 1, 2, 3, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 1 << 12, 1 << 20, 1 << 28, 0x3FFF_FFFF,
    0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FF80, 0x3F80_0000,
  ]

  /// Changes one 32-bit field of one section, or of the header and the table.
  private static func change(_ bytes: inout [UInt8], _ input: inout Input) {
    let (section, place, how, value) = (input.byte(), input.word(), input.byte(), input.word())
    var range = 0..<bytes.count
    if section < 240 {
      // The table is that of a bundle made here, so its numbers are right.
      let entry = 64 + 64 * (section % 12)
      guard let start = number(bytes, entry + 8), let length = number(bytes, entry + 16),
        start <= bytes.count, length <= bytes.count - start
      else { return }
      range = start..<(start + length)
    } else if section < 252 {
      range = 0..<min(bytes.count, 64 + 12 * 64)
    }
    guard range.count >= 4 else { return }
    let at = range.lowerBound + 4 * (place % (range.count / 4))
    var field = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    switch how % 8 {
    case 0, 1: field = UInt32(value)
    case 2: field = UInt32(value % 8)
    case 3: field &+= UInt32(1 + value % 4)
    case 4: field &-= UInt32(1 + value % 4)
    case 5: field = borders[value % borders.count]
    case 6: field ^= 1 << UInt32(value % 32)
    default: field = UInt32(bitPattern: -Int32(value))
    }
    bytes.replaceSubrange(at..<(at + 4), with: little(field))
  }

  /// A length or an offset of the file, unless it is out of all proportion.
  private static func number(_ bytes: [UInt8], _ at: Int) -> Int? {
    guard bytes.count >= at + 8 else { return nil }
    let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    return value < 1 << 32 ? Int(value) : nil
  }

  /// Computes both digests anew, as far as the header says what they are of.
  private static func sign(_ bytes: inout [UInt8]) {
    let entry = 64 + 64 * 11
    if let start = number(bytes, entry + 8), let length = number(bytes, entry + 16),
      start <= bytes.count, length <= bytes.count - start
    {
      let digest = digest(bytes[start..<(start + length)])
      bytes.replaceSubrange((entry + 32)..<(entry + 64), with: digest)
    }
    guard let metadata = number(bytes, 24), metadata >= 64, metadata <= bytes.count else { return }
    let digest = digest(bytes[0..<32] + bytes[64..<metadata])
    bytes.replaceSubrange(32..<64, with: digest)
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }
}
