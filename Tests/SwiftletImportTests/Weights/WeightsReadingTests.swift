import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

@Suite("Weights: reading")
struct WeightsReadingTests {
  static let plainFiles = [
    "plain.pt", "plain.legacy.pth", "zip64.pt", "protocol3.pt", "protocol4.pt", "protocol5.pt",
    "protocol3.legacy.pth", "protocol4.legacy.pth", "protocol5.legacy.pth",
  ]

  @Test("state dicts of every container and protocol", arguments: plainFiles)
  func plain(name: String) throws {
    let file = try readFixture(name)
    #expect(file.tensors == plainTensors)
    #expect(file.ignored == ["bn.num_batches_tracked"])
    #expect(file.format == (name.contains("legacy") ? .pytorchLegacy : .pytorchZip))
  }

  @Test("safetensors: values, order of the data, metadata")
  func safetensors() throws {
    let file = try readFixture("plain.safetensors")
    #expect(file.format == .safetensors)
    #expect(file.metadata == ["format": "pt", "é": "ü"])
    #expect(file.ignored == ["bn.num_batches_tracked"])
    let byName = { (tensors: [WeightTensor]) in tensors.sorted { $0.name < $1.name } }
    #expect(byName(file.tensors) == byName(plainTensors))
  }

  @Test(
    "every element type is converted exactly",
    arguments: ["dtypes.safetensors", "dtypes.pt", "dtypes.legacy.pth"])
  func elementTypes(name: String) throws {
    let file = try readFixture(name)
    let expected: [(String, [Float])] = [
      // Rounded to the nearest: 1e-310 to 0, 1e300 to infinity, the tie to even.
      ("f64", [1.0 / 3.0, 0, .infinity, -1]),
      ("f32", [1.0 / 3.0, 0x1p-149, .greatestFiniteMagnitude, -0.0]),
      ("f16", [0, -0.0, 1, -2.5, 0x1p-24, 0x1p-14, 65504, .infinity, -.infinity]),
      ("scalar", [0.375]),
      ("empty", []),
    ]
    for (name, values) in expected {
      #expect(bits(try file.tensor(name).values) == bits(values), "\(name)")
    }
    // 3.0e38 in bfloat16 has the significand 1.1100010 (binary) and the exponent 127.
    let bfloat: [Float] = [0, -0.0, 1, -2.5, 0x1p-130, 226.0 / 128.0 * 0x1p127]
    #expect(bits(try file.tensor("bf16").values) == bits(bfloat))
    #expect(try file.tensor("scalar").shape == [])
    #expect(try file.tensor("empty").shape == [0, 3])
    #expect(Set(file.ignored) == ["i64", "i32", "i16", "i8", "u8", "bool"])
  }

  @Test("every float16 number agrees with its definition")
  func halves() {
    let wrong = (UInt16.min...UInt16.max).filter { pattern in
      let exponent = Int(pattern >> 10) & 31
      let fraction = Float(pattern & 1023)
      let value = ElementType.widen(half: pattern)
      guard (value.sign == .minus) == (pattern >= 0x8000) else { return true }
      if exponent == 31 { return !(fraction == 0 ? value.isInfinite : value.isNaN) }
      let significand = exponent == 0 ? fraction / 1024 : 1 + fraction / 1024
      let power = Float(sign: .plus, exponent: max(exponent, 1) - 15, significand: 1)
      return value.magnitude != significand * power
    }
    #expect(wrong.isEmpty)
  }

  @Test("views with strides become row-major", arguments: ["strided.pt", "strided.legacy.pth"])
  func strided(name: String) throws {
    let file = try readFixture(name)
    /// Element (row, column) of the 4 × 6 ramp that the views are of.
    func base(_ row: Int, _ column: Int) -> Float { Float(row * 6 + column) / 8 }
    func table(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Float) -> [Float] {
      (0..<rows).flatMap { row in (0..<columns).map { value(row, $0) } }
    }
    let expected = [
      WeightTensor(name: "transposed", shape: [6, 4], values: table(6, 4) { base($1, $0) }),
      WeightTensor(name: "offset", shape: [2, 3], values: table(2, 3) { base($0 + 1, $1 + 2) }),
      WeightTensor(name: "step", shape: [2, 2], values: table(2, 2) { base(2 * $0, 3 * $1) }),
      WeightTensor(
        name: "expanded", shape: [3, 4], values: table(3, 4) { row, _ in Float(row) / 8 }),
      WeightTensor(name: "channels_last", shape: [2, 3, 2, 2], values: ramp(24, from: 0)),
      WeightTensor(name: "half", shape: [3, 2], values: table(3, 2) { Float($1 * 3 + $0) / 8 }),
    ]
    #expect(file.tensors == expected)
  }

  @Test("tensors that share a storage", arguments: ["shared.pt", "shared.legacy.pth"])
  func shared(name: String) throws {
    let file = try readFixture(name)
    #expect(try file.tensor("a").values == ramp(8, from: 0))
    #expect(try file.tensor("b").values == ramp(8, from: 0))
    #expect(try file.tensor("row").values == ramp(4, from: 0.5))
  }

  @Test("parameters, also with attributes")
  func parameters() throws {
    let file = try readFixture("parameters.pt")
    #expect(try file.tensor("a").values == ramp(2, from: 0))
    #expect(try file.tensor("b").values == ramp(2, from: 1))
  }

  @Test(
    "the state dict inside a training checkpoint",
    arguments: ["checkpoint.pt", "checkpoint.legacy.pth"])
  func checkpoint(name: String) throws {
    let file = try readFixture(name)
    #expect(file.tensors == plainTensors)
    #expect(
      file.ignored == [
        "bn.num_batches_tracked", "epoch", "best_acc", "optimizer", "scheduler", "classes", "step",
        "device", "dtype", "shape", "flags",
      ])
  }

  @Test(
    "objects beside the weights are skipped",
    arguments: ["beside.pt", "beside.legacy.pth", "default.pt"])
  func beside(name: String) throws {
    let file = try readFixture(name)
    #expect(file.tensors == plainTensors)
    #expect(file.ignored.contains("args") == name.hasPrefix("beside"))
  }

  @Test(
    "whole networks read as their state dicts",
    arguments: ["module.pt", "script.pt"])
  func wholeNetworks(name: String) throws {
    let file = try readFixture(name)
    let expected = [
      ("conv.weight", "conv.weight"), ("body.1.running_var", "bn.running_var"),
      ("fc.weight", "fc.weight"), ("fc.bias", "fc.bias"),
    ]
    for (name, plain) in expected {
      let tensor = try file.tensor(name)
      let same = try #require(plainTensors.first { $0.name == plain })
      #expect(tensor.shape == same.shape && tensor.values == same.values)
    }
    #expect(file.tensors.count == 5 && file.ignored == ["body.1.num_batches_tracked"])
    #expect(try file.tensor("body.1.running_mean").values == [0, 0])
  }

  @Test("of trained and averaged weights the trained ones, unless the others are asked for")
  func averages() throws {
    let path = weightFixture("averaged.pt")
    let trained = try WeightFile.read(path)
    #expect(trained.tensors == plainTensors && !trained.isAverage)
    #expect(trained.notes.count == 1 && trained.notes[0].contains("--weights ema"))
    let averaged = try WeightFile.read(path, weights: .ema)
    #expect(averaged.tensors.map { $0.values } == plainTensors.map { $0.values.map { $0 + 1 } })
    #expect(averaged.isAverage && averaged.notes[0].contains("--weights model"))
    #expect(
      throws: ImportError.checkpoint(
        path: weightFixture("plain.pt"), .noSuchWeights(.ema))
    ) { try WeightFile.read(weightFixture("plain.pt"), weights: .ema) }
  }

  @Test("state dicts under other keys", arguments: ["model_key.pt", "other_key.pt"])
  func nested(name: String) throws {
    let file = try readFixture(name)
    #expect(file.tensors == plainTensors)
    #expect(file.ignored == ["bn.num_batches_tracked", "seed"])
  }

  @Test("prefixes of wrappers go only when all tensors have them")
  func prefixes() throws {
    #expect(try readFixture("prefixed.pt").tensors == plainTensors)
    #expect(try readFixture("prefixed.pt").ignored == ["bn.num_batches_tracked"])
    #expect(try readFixture("half_prefixed.pt").tensors.map(\.name) == ["module.a", "b"])
  }

  @Test("the digest names the whole file")
  func digest() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/weights.bin"
      // The digest of FIPS 180-4's two-block message is known; the reader needs a weight file, so
      // the digest is taken of the bytes alone.
      let message = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
      try Data(message.utf8).write(to: URL(fileURLWithPath: path))
      #expect(
        try FileBytes(path: path).sha256()
          == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
      #expect(
        FileBytes([]).sha256()
          == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      #expect(
        FileBytes([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)).sha256()
          == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
  }
}
