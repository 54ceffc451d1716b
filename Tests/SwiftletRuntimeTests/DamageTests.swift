import SwiftletTestSupport
import Testing

@testable import SwiftletRuntime

/// Files that are cut off, altered, or made to do harm.
@Suite struct DamageTests {
  @Test func everyTruncationIsRefused() {
    let bytes = SampleNetwork().bytes
    for length in 0..<bytes.count {
      switch load(Array(bytes[0..<length])) {
      case .success: Issue.record("a file of \(length) bytes was accepted")
      case .failure(.notABundle): #expect(length < 8)
      case .failure(.wrongLength): break
      case .failure(let error): Issue.record("\(length) bytes: \(error)")
      }
    }
    guard case .failure(.wrongLength) = load(bytes + [0]) else {
      Issue.record("a file with a byte too many was accepted")
      return
    }
  }

  @Test func everyChangedByteOfTheMetadataIsNoticed() {
    let sample = SampleNetwork()
    var bytes = sample.bytes
    for index in 0..<sample.metadataLength {
      bytes[index] ^= 0x10
      if case .success = load(bytes) { Issue.record("a change of byte \(index) was accepted") }
      bytes[index] ^= 0x10
    }
  }

  /// What a digest cannot stop: a file that was made like this on purpose.
  @Test(arguments: 0..<4) func everyChangedByteWithARightDigestIsRefusedOrRunsSafely(
    _ change: Int
  ) throws {
    let sample = SampleNetwork()
    var bytes = sample.bytes
    var (accepted, refused) = (0, 0)
    for index in 0..<bytes.count {
      let original = bytes[index]
      let changes: [UInt8] = [0, 0xFF, original ^ 1, original ^ 0x80]
      bytes[index] = changes[change]
      if bytes[index] == original { continue }
      // Skipping the digest's check has the same effect as computing it anew.
      switch load(bytes, checksDigest: false) {
      case .failure: refused += 1
      case .success(let model):
        accepted += 1
        let interpreter = try Interpreter(model)
        _ = SampleNetwork.run(interpreter)
      }
      bytes[index] = original
    }
    #expect(accepted > 500)
    #expect(refused > (change == 0 ? 300 : 1000))
  }

  @Test func aRecomputedDigestIsAccepted() throws {
    // Shows that the test above takes no way that files could not take.
    let sample = SampleNetwork()
    var bytes = sample.bytes
    let label = Array("tench".utf8)
    let start = try #require(
      (0..<bytes.count - 5).first { Array(bytes[$0..<($0 + 5)]) == label })
    bytes[start + 4] = UInt8(ascii: "k")
    guard case .failure(.digestMismatch(.metadata)) = load(bytes) else {
      Issue.record("the digest was not checked")
      return
    }
    let model = try load(BundleBuilder.signed(bytes)).get()
    #expect(model.label(0).withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == "tenck")
  }

  @Test func severalChangedFieldsAreRefusedOrRunSafely() throws {
    let sample = SampleNetwork()
    var generator = SplitMix64(seed: 77)
    var accepted = 0
    for _ in 0..<1000 {
      var bytes = sample.bytes
      for _ in 0..<Int.random(in: 2...3, using: &generator) {
        // Whole aligned words of the tables: small numbers are the likeliest to pass.
        let word = Int.random(in: 208..<(sample.metadataLength / 4), using: &generator)
        let value = littleEndian(UInt32.random(in: 0...9, using: &generator))
        bytes.replaceSubrange((4 * word)..<(4 * word + 4), with: value)
      }
      if case .success(let model) = load(bytes, checksDigest: false) {
        accepted += 1
        _ = SampleNetwork.run(try Interpreter(model))
      }
    }
    #expect(accepted > 0)
  }

  @Test func anyWeightBytesRun() throws {
    let sample = SampleNetwork()
    var generator = SplitMix64(seed: 9)
    var seen = Set<[Int8]>()
    for round in 0..<200 {
      var bytes = sample.bytes
      for index in sample.metadataLength..<bytes.count {
        let extreme: UInt8 = round % 2 == 0 ? 0x80 : 0x7F
        bytes[index] = round < 2 ? extreme : UInt8.random(in: 0...255, using: &generator)
      }
      let model = try load(bytes).get()
      seen.insert(SampleNetwork.run(try Interpreter(model)))
      guard case .failure(.digestMismatch(.weights)) = verifyContents(model) else {
        Issue.record("changed weights passed verification")
        return
      }
    }
    #expect(seen.count > 5)
  }
}

func verifyContents(_ model: Model) -> Result<Void, BundleError> {
  Result { () throws(BundleError) in try model.verifyContents() }
}
