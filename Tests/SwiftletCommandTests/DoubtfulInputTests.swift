import Foundation
import SwiftletTestSupport
import Testing

/// A black PNG of 8×8 pixels, written by Pillow.
private let black =
  Data(
    base64Encoded: """
      iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADElEQVR4nGNgoA4AAABIAAEuuDx+AAAAAElFTkSuQmCC
      """) ?? Data()

private let models = repositoryRoot + "/Models/"
private let digits = models + "digits_mobilenet_v3_small.safetensors"

/// What a conversion of the shipped digits takes, calibrated with `list`, beside its output.
private func conversion(_ list: String, count: Int) -> [String] {
  [
    "convert", digits, "--input", "64", "--resize", "64", "--mean", "0.5,0.5,0.5", "--std",
    "0.5,0.5,0.5", "--method", "minmax", "--calibrate", list, "--calibration-count", "\(count)",
    "--json", "-o",
  ]
}

@Suite(
  "Doubtful input", .enabled(if: program != nil, "the program was not built beside the tests"),
  .disabled(if: isEmulated, "emulation is too slow for conversions"))
struct DoubtfulInputTests {
  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test("A conversion says when its calibration images say nothing, and not when they are enough")
  func calibration() throws {
    try withTemporaryFolder { folder in
      let bundle = folder + "/o.swiftlet"
      let good = try swiftlet(conversion(models + "digits/calibration.csv", count: 16) + [bundle])
      #expect(good.status == 0 && good.errors.isEmpty, "\(good.errors)")
      #expect(good.json?["warnings"] as? [String] == [])
      try black.write(to: URL(fileURLWithPath: folder + "/black.png"))
      try write("path\n" + String(repeating: "black.png\n", count: 3), folder + "/list.csv")
      let bad = try swiftlet(conversion(folder + "/list.csv", count: 16) + [bundle])
      #expect(bad.status == 0, "\(bad.errors)")
      let warnings = try #require(bad.json?["warnings"] as? [String])
      #expect(warnings.count == 1)
      let warning = try #require(warnings.first)
      #expect(warning.contains("only 1 of 3 images differ"))
      #expect(warning.contains("% as much over them as in training"))
      #expect(warning.contains("differ by only 0.0 of 255 levels"))
    }
  }

  @Test("A conversion says when int8 differs from float too often, and in which layer it is lost")
  func disagreement() throws {
    try withTemporaryFolder { folder in
      // A channel that is always 0, with weights so large that the others beside them become 0.
      let model = folder + "/spoiled.safetensors"
      try spoiledDigits { file in
        for name in ["features.17.conv.3.weight", "features.17.conv.3.bias"] {
          let place = try file.start(name)
          for byte in 0..<4 { file.bytes[place + byte] = 0 }
        }
        let reader = "features.18.0.weight"
        let shape = try #require(try file.entry(reader)["shape"] as? [Int])
        let bits = Float16(1000).bitPattern
        for output in 0..<shape[0] {
          let place = try file.start(reader) + 2 * output * shape[1]
          file.bytes[place] = UInt8(truncatingIfNeeded: bits)
          file.bytes[place + 1] = UInt8(bits >> 8)
        }
      }.write(to: URL(fileURLWithPath: model))
      let outcome = try swiftlet([
        "convert", model, "--input", "64", "--resize", "64", "--mean", "0.5,0.5,0.5", "--std",
        "0.5,0.5,0.5", "--method", "minmax", "--calibrate", models + "digits/calibration.csv",
        "--calibration-count", "8", "--json", "-o", folder + "/o",
      ])
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let warnings = try #require(outcome.json?["warnings"] as? [String])
      #expect(warnings.count == 1)
      let words = (warnings.first ?? "").split(separator: " ").map(String.init)
      #expect(words.starts(with: ["int8", "and", "float", "choose", "a", "different", "class"]))
      let count = try #require(words.firstIndex(of: "of").flatMap { Int(words[$0 - 1]) })
      #expect(count >= 2 && count <= 8)
      let layer = try #require(words.firstIndex(of: "in").map { words[$0 + 1] })
      #expect(layer.hasPrefix("features.18."), "\(warnings)")
    }
  }

  @Test(
    "Channels of very different ranges that share a scale are brought to like ones, which is said")
  func equalization() throws {
    try withTemporaryFolder { folder in
      let model = folder + "/scaled.safetensors"
      try scaledDigits().write(to: URL(fileURLWithPath: model))
      let outcome = try swiftlet([
        "convert", model, "--input", "64", "--resize", "64", "--mean", "0.5,0.5,0.5", "--std",
        "0.5,0.5,0.5", "--method", "minmax", "--calibrate", models + "digits/calibration.csv",
        "--calibration-count", "8", "--json", "-o", folder + "/o",
      ])
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let json = try #require(outcome.json)
      #expect(json["warnings"] as? [String] == [])
      let notes = try #require(json["notes"] as? [String])
      #expect(notes.contains { $0.contains("more places") && $0.contains("equalized") }, "\(notes)")
    }
  }

  /// The shipped MobileNetV2 with channel 0 of each block's result times 128, and divided by it where
  /// it is read: the same float network, whose other channels get 2 of 256 levels.
  private func scaledDigits() throws -> Data {
    try spoiledDigits { file in try scale(&file) }
  }

  /// A safetensors file, and where its tensors are.
  private struct Weights {
    var bytes: [UInt8]
    let header: [String: Any]
    let length: Int

    func entry(_ name: String) throws -> [String: Any] {
      try #require(header[name] as? [String: Any], "\(name)")
    }

    func start(_ name: String) throws -> Int {
      let offsets = try #require(try entry(name)["data_offsets"] as? [Int])
      return 8 + length + offsets[0]
    }
  }

  /// The shipped MobileNetV2, changed.
  private func spoiledDigits(_ change: (inout Weights) throws -> Void) throws -> Data {
    let path = models + "digits_mobilenet_v2.safetensors"
    let bytes = try #require(FileManager.default.contents(atPath: path)).map { $0 }
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + length)])) as? [String: Any])
    var file = Weights(bytes: bytes, header: header, length: length)
    try change(&file)
    return Data(file.bytes)
  }

  private func scale(_ file: inout Weights) throws {
    for block in 1...17 {
      let norm = "features.\(block).conv.\(block == 1 ? 2 : 3)"
      for name in [norm + ".weight", norm + ".bias"] {
        // The exponent of a 32-bit float, plus 7.
        let place = try file.start(name)
        var bits = (0..<4).reduce(UInt32(0)) {
          $0 | UInt32(file.bytes[place + $1]) << UInt32(8 * $1)
        }
        bits = (Float(bitPattern: bits) * 128).bitPattern
        for byte in 0..<4 {
          file.bytes[place + byte] = UInt8(truncatingIfNeeded: bits >> (8 * byte))
        }
      }
      let reader = block < 17 ? "features.\(block + 1).conv.0.0.weight" : "features.18.0.weight"
      let entry = try file.entry(reader)
      let shape = try #require(entry["shape"] as? [Int])
      for output in 0..<shape[0] {
        // A 16-bit float.
        let place = try file.start(reader) + 2 * output * shape[1]
        let bits = UInt16(file.bytes[place]) | UInt16(file.bytes[place + 1]) << 8
        let scaled = (Float16(bitPattern: bits) / 128).bitPattern
        file.bytes[place] = UInt8(truncatingIfNeeded: scaled)
        file.bytes[place + 1] = UInt8(scaled >> 8)
      }
    }
  }

  @Test("One calibration image of twenty may be unreadable, two may not")
  func unreadable() throws {
    try withTemporaryFolder { folder in
      try picture.write(to: URL(fileURLWithPath: folder + "/a.png"))
      let words = [
        "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
        "--classes", "7", "--method", "minmax", "--calibrate", folder + "/list.csv", "-o",
        folder + "/o",
      ]
      let rows = { (bad: Int) in
        "path\n" + String(repeating: "none.png\n", count: bad)
          + String(repeating: "a.png\n", count: 20 - bad)
      }
      try write(rows(2), folder + "/list.csv")
      let two = try swiftlet(words)
      #expect(two.status == 1)
      #expect(two.errors.contains("2 of 20 calibration images cannot be read, more than 5 %"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/o"))
      try write(rows(1), folder + "/list.csv")
      let one = try swiftlet(words)
      #expect(one.status == 0)
      #expect(one.errors.contains("none.png: "))
      let text = String(decoding: one.output, as: UTF8.self)
      #expect(text.contains("19 of 20 images of list.csv"))
      #expect(text.contains("warning      \(folder)/list.csv: 1 of 20 calibration images"))
      #expect(one.errors.contains("swiftlet: warning: "))
    }
  }

  @Test(
    "Means and deviations of bytes are refused with what is meant",
    arguments: [
      (
        ["--mean", "123.675,116.28,103.53", "--std", "58.395,57.12,57.375"],
        "divide by 255: --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225"
      ),
      (["--mean", "123.68,116.779,103.939", "--std", "1,1,1"], "--std 0.003922,0.003922,0.003922"),
      (["--mean", "127.5,127.5,127.5", "--std", "0.5,0.5,0.5"], "--mean 0.5,0.5,0.5 --std 0.5,"),
      (["--std", "255,255,255"], "--std 255.0,255.0,255.0 is on the scale 0 to 255"),
      (["--mean", "0.4,1.01,0.4"], "0 to 255, but pixels count from 0 to 1 here"),
    ])
  func scale(options: [String], expected: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try swiftlet(
        ["convert", "random:1", "--arch", "mobilenet_v1", "-o", folder + "/o"] + options)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/o"))
    }
  }

  @Test("compare says what it left out and what cannot be, as a warning of its results")
  func compare() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let images = folder + "/images"
      for name in ["cat", "dog", "cow"] {
        try FileManager.default.createDirectory(
          atPath: images + "/" + name, withIntermediateDirectories: true)
        try picture.write(to: URL(fileURLWithPath: images + "/\(name)/a.png"))
      }
      try picture.write(to: URL(fileURLWithPath: images + "/dog/b.webp"))
      let words = ["compare", "random:5", bundle, "--images", images]
      let unknown = try swiftlet(words + ["--json"])
      #expect(unknown.status == 0 && unknown.errors.isEmpty)
      #expect(unknown.json?["labelled"] as? Int == 0)
      let warnings = try #require(unknown.json?["warnings"] as? [String])
      #expect(warnings.contains { $0.contains("cannot be the network's 7 classes") })
      #expect(warnings.contains { $0.contains("1 .webp") })
      let text = try swiftlet(words)
      #expect(text.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("swiftlet: warning: ") })
      #expect(String(decoding: text.output, as: UTF8.self).contains("  warning     \(images): "))

      try write("ant\nbee\ncow\ncat\nemu\ndog\nfly\n", folder + "/labels.txt")
      let named = try swiftlet(words + ["--json", "--labels", folder + "/labels.txt"])
      #expect(named.json?["labelled"] as? Int == 3)
      #expect((named.json?["warnings"] as? [String])?.count == 1)
    }
  }

  @Test("The names of class folders become the bundle's where they are as many, and this is said")
  func folderNames() throws {
    try withTemporaryFolder { folder in
      let images = folder + "/images"
      for name in ["b", "a", "__MACOSX", "empty"] {
        try FileManager.default.createDirectory(
          atPath: images + "/" + name, withIntermediateDirectories: true)
      }
      for name in ["b", "a", "__MACOSX"] {
        try picture.write(to: URL(fileURLWithPath: images + "/\(name)/a.png"))
      }
      for (classes, expected, note) in [
        (2, 2, "class names are those of the class folders"),
        (3, 0, "2 class folders of \(images) for 3 classes"),
      ] {
        let outcome = try swiftlet([
          "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
          "--classes", "\(classes)", "--method", "minmax", "--calibrate", images, "--json", "-o",
          folder + "/o",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.json?["labels"] as? Int == expected)
        let notes = try #require(outcome.json?["notes"] as? [String])
        #expect(notes.contains { $0.contains(note) }, "\(notes)")
      }
    }
  }
}
