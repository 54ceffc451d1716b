import SwiftletTestSupport
import Testing

@testable import SwiftletImport

@Suite("Weights: damaged files", .timeLimit(.minutes(15)))
struct WeightsDamageTests {
  /// PyTorch's own checksums tell damage that leaves the structure whole: the last byte of a weight.
  @Test("a flipped bit in a weight or in the pickle is damage, unless no checksum was computed")
  func checksums() throws {
    let bytes = try fixtureBytes("plain.pt")
    let archive = try ZipArchive(FileBytes(bytes))
    let data = try #require(archive.names.first { $0.contains("/data/") })
    let pickle = try #require(archive.names.first { $0.hasSuffix("/data.pkl") })
    for name in [data, pickle] {
      let range = try #require(archive[name])
      var damaged = bytes
      damaged[range.upperBound - 2] ^= 1
      #expect(problem(damaged) == .zip(path: "file", .checksum(name)))
    }
    // The checksum of the directory's record is at its byte 16, its name at 46.
    let record = try #require(
      (0..<bytes.count - 46).last {
        bytes[$0..<$0 + 4] == [0x50, 0x4B, 1, 2] && bytes[($0 + 46)...].starts(with: data.utf8)
      })
    var unchecked = bytes
    let range = try #require(archive[data])
    unchecked[range.upperBound - 2] ^= 1
    unchecked.replaceSubrange(record + 16..<record + 20, with: [0, 0, 0, 0])
    #expect(problem(unchecked) == nil)
  }

  static let files = [
    "plain.safetensors", "plain.pt", "zip64.pt", "plain.legacy.pth", "protocol4.legacy.pth",
    "strided.legacy.pth", "checkpoint.legacy.pth", "dtypes.safetensors",
  ]

  @Test("every truncation is an error", arguments: files)
  func truncation(name: String) throws {
    let bytes = try fixtureBytes(name)
    for length in 0..<bytes.count {
      #expect(problem(Array(bytes[..<length])) != nil, "\(name) cut to \(length) bytes")
    }
    #expect(problem(bytes) == nil)
  }

  @Test("every byte flipped: an error or a result, never a trap", arguments: files)
  func flips(name: String) throws {
    var random = SplitMix64(seed: 20)
    var bytes = try fixtureBytes(name)
    var refused = 0
    for index in bytes.indices {
      for flip in [UInt8.random(in: 1...255, using: &random), 0xFF] {
        bytes[index] ^= flip
        if problem(bytes) != nil { refused += 1 }
        bytes[index] ^= flip
      }
    }
    // Damage to the data itself cannot be seen; much of the rest must be.
    #expect(refused > bytes.count / 10, "\(name): only \(refused) refused")
    #expect(problem(bytes) == nil)
  }

  @Test("several random bytes at once", arguments: files)
  func manyFlips(name: String) throws {
    var random = SplitMix64(seed: 21)
    let original = try fixtureBytes(name)
    var refused = 0
    for _ in 0..<500 {
      var bytes = original
      for _ in 0..<Int.random(in: 2...12, using: &random) {
        let index = Int.random(in: bytes.indices, using: &random)
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
      if problem(bytes) != nil { refused += 1 }
    }
    #expect(refused > 100)
  }
}
