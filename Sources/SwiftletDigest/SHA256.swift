internal import CSwiftletSystem

/// SHA-256 (FIPS 180-4), fed piece by piece. Takes the processor's own instructions where it has them.
public struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
    0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
  private var schedule = [UInt32](repeating: 0, count: 64)
  private var pending = [UInt8](repeating: 0, count: 64)
  private var pendingCount = 0
  private var length: UInt64 = 0
  private let usesInstructions: Bool

  /// A digest of nothing yet.
  public init() { self.init(usesInstructions: true) }

  /// A digest that can do without the processor's instructions for it.
  init(usesInstructions: Bool) {
    self.usesInstructions = usesInstructions && swl_cpu_has_sha256() != 0
  }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var index = 0
    while index < bytes.count {
      if pendingCount == 0 && bytes.count - index >= 64 {
        let end = bytes.count - (bytes.count - index) % 64
        compress(UnsafeRawBufferPointer(rebasing: bytes[index..<end]))
        index = end
      } else {
        pending[pendingCount] = bytes[index]
        pendingCount += 1
        index += 1
        if pendingCount == 64 { compressPending() }
      }
    }
  }

  /// The 32 bytes of the digest; `self` is spent afterwards.
  public mutating func finish() -> [UInt8] {
    let bitLength = length &* 8
    pending[pendingCount] = 0x80
    pendingCount += 1
    if pendingCount > 56 {
      while pendingCount < 64 {
        pending[pendingCount] = 0
        pendingCount += 1
      }
      compressPending()
    }
    while pendingCount < 56 {
      pending[pendingCount] = 0
      pendingCount += 1
    }
    for byte in 0..<8 {
      pending[56 + byte] = UInt8(truncatingIfNeeded: bitLength >> UInt64(56 - 8 * byte))
    }
    compressPending()
    var digest = [UInt8]()
    digest.reserveCapacity(32)
    for word in state {
      for byte in 0..<4 { digest.append(UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * byte))) }
    }
    return digest
  }

  private mutating func compressPending() {
    pendingCount = 0
    let block = pending
    block.withUnsafeBytes { bytes in compress(bytes) }
  }

  /// Takes in whole blocks.
  private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
    if usesInstructions, let start = blocks.bindMemory(to: UInt8.self).baseAddress {
      swl_sha256_blocks(&state, start, blocks.count / 64)
      return
    }
    var offset = 0
    while offset < blocks.count {
      compress(blocks, at: offset)
      offset += 64
    }
  }

  private mutating func compress(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    for word in 0..<16 {
      let bigEndian = bytes.loadUnaligned(fromByteOffset: offset + 4 * word, as: UInt32.self)
      schedule[word] = UInt32(bigEndian: bigEndian)
    }
    // One access to each array for the whole block, not one uniqueness check per word.
    schedule.withUnsafeMutableBufferPointer { schedule in
      state.withUnsafeMutableBufferPointer { state in
        Self.constants.withUnsafeBufferPointer { constants in
          Self.rounds(schedule, constants, state)
        }
      }
    }
  }

  /// FIPS 180-4, 6.2.2: expands the 16 message words to 64 and runs the 64 rounds.
  private static func rounds(
    _ schedule: UnsafeMutableBufferPointer<UInt32>, _ constants: UnsafeBufferPointer<UInt32>,
    _ state: UnsafeMutableBufferPointer<UInt32>
  ) {
    for word in 16..<64 {
      let a = schedule[word - 15]
      let b = schedule[word - 2]
      let sigma0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)
      let sigma1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10)
      schedule[word] = schedule[word - 16] &+ sigma0 &+ schedule[word - 7] &+ sigma1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    // Eight rounds at a time, after which every variable is back in its place: none is moved.
    var round = 0
    while round < 64 {
      let k = { constants[round &+ $0] &+ schedule[round &+ $0] }
      step(a, b, c, &d, e, f, g, &h, k(0))
      step(h, a, b, &c, d, e, f, &g, k(1))
      step(g, h, a, &b, c, d, e, &f, k(2))
      step(f, g, h, &a, b, c, d, &e, k(3))
      step(e, f, g, &h, a, b, c, &d, k(4))
      step(d, e, f, &g, h, a, b, &c, k(5))
      step(c, d, e, &f, g, h, a, &b, k(6))
      step(b, c, d, &e, f, g, h, &a, k(7))
      round &+= 8
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }

  /// One round: the new e goes to `d`, the new a to `h`; the caller renames the others.
  @inline(__always)
  private static func step(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
    _ g: UInt32, _ h: inout UInt32, _ k: UInt32
  ) {
    let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    let choice = g ^ (e & (f ^ g))
    let t1 = h &+ sum1 &+ choice &+ k
    let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    let majority = (a & b) ^ (c & (a ^ b))
    d &+= t1
    h = t1 &+ sum0 &+ majority
  }

  @inline(__always)
  private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
    (value >> count) | (value << (32 - count))
  }

  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
