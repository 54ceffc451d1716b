import Testing

@testable import SwiftletDigest

@Suite("SHA-256")
struct WeightsDigestTests {
  /// Digests by Python's hashlib of the bytes 0, 1, …, 250, 0, 1, …: lengths around the block of 64
  /// bytes and around the 56 after which the length no longer fits into the last block.
  static let digests: [(length: Int, digest: String)] = [
    (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"),
    (56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"),
    (63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"),
    (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"),
    (65, "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781"),
    (119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"),
    (120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"),
    (128, "471fb943aa23c511f6f72f8d1652d9c880cfa392ad80503120547703e56a2be5"),
    (1000, "4e4c294b331f7a2099a379bec34b9f9fc03dc46ab465d998f4d683da53487e6d"),
  ]

  @Test("any length, fed in pieces of any length", arguments: digests, [false, true])
  func pieces(_ expected: (length: Int, digest: String), usesInstructions: Bool) throws {
    let (length, digest) = expected
    let message = (0..<length).map { UInt8($0 % 251) }
    for piece in [1, 7, 63, 64, 65, 1000] {
      var hash = SHA256(usesInstructions: usesInstructions)
      for start in stride(from: 0, to: length, by: piece) {
        message[start..<min(start + piece, length)].withUnsafeBytes { hash.update($0) }
      }
      let text = hash.finish().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      #expect(text.joined() == digest, "pieces of \(piece)")
    }
  }
}
