import Foundation
import SwiftletTestSupport
import Testing

/// A PNG of 12×10 pixels, a colour gradient, written by Pillow.
let picture =
  Data(
    base64Encoded: """
      iVBORw0KGgoAAAANSUhEUgAAAAwAAAAKCAIAAAAPTiitAAAAmElEQVR42m2QsQ3CMBBFXyILCQlKCjepwLomQnKB\
      oHIHbRZgDyZhDmpGSJE6EmyQMgukSDjZyL/xt/X0774LIdGDjAx2Fd97W81Gum/lLz/IrZVoxp16JYAyjnlth8yw\
      cDP4TfpWz8cbrhwzSQ0n9UoAhTz3CfepATmEZTN7zrTDB6AH6RYCMEBckJE4A8C1ZfoF9/9qrgUmt+8WW4R8IjUA\
      AAAASUVORK5CYII=
      """) ?? Data()

/// A small network with random weights, converted in `folder`, with two pictures beside it.
func makeBundle(in folder: String) throws -> String {
  let bundle = folder + "/net.swiftlet"
  let outcome = try swiftlet([
    "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
    "--classes", "7", "--calibration-count", "2", "--method", "minmax", "-o", bundle, "--json",
  ])
  #expect(outcome.status == 0, "\(outcome.errors)")
  #expect(outcome.errors.isEmpty)
  let json = try #require(outcome.json)
  #expect(json["classes"] as? Int == 7)
  let size = try #require(FileManager.default.contents(atPath: bundle)).count
  #expect(json["file_bytes"] as? Int == size)
  for name in ["a.png", "b.png"] {
    try picture.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }
  return bundle
}

func bytes(_ path: String) -> [UInt8] {
  FileManager.default.contents(atPath: path).map { Array($0) } ?? []
}

@Suite("End to end", .enabled(if: program != nil, "the program was not built beside the tests"))
struct EndToEndTests {
  @Test("A picture and the tensor it becomes give the same bytes, on any kernels and threads")
  func run() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let image = folder + "/a.png"
      let first = try swiftlet([
        "run", bundle, image, "--json", "--top", "3", "--output-tensor", folder + "/out.bin",
        "--output-tensor", "input=\(folder)/in.bin",
      ])
      #expect(first.status == 0 && first.errors.isEmpty, "\(first.errors)")
      let results = try #require(first.json?["results"] as? [[String: Any]])
      let top = try #require(results.first?["top"] as? [[String: Any]])
      let probabilities = top.compactMap { $0["probability"] as? Double }
      #expect(probabilities.count == 3 && probabilities == probabilities.sorted(by: >))
      #expect(bytes(folder + "/in.bin").count == 32 * 32 * 3)
      let output = bytes(folder + "/out.bin")
      #expect(output.count == 7)
      #expect(top.first?["index"] as? Int == best(output))
      for options in [["--threads", "3"], ["--isa", "portable"], ["--no-map"]] {
        let again = try swiftlet(
          ["run", bundle, "--input-tensor", folder + "/in.bin"] + options
            + ["--output-tensor", "logits=\(folder)/again.bin"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(bytes(folder + "/again.bin") == output)
      }
    }
  }

  /// The class of the largest int8 value, the lowest of equal ones.
  private func best(_ output: [UInt8]) -> Int? {
    let values = output.map { Int8(bitPattern: $0) }
    return values.firstIndex { $0 == values.max() }
  }

  @Test("A bad picture is named, the others are run, and the status is 1")
  func badPicture() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let missing = folder + "/missing.png"
      let outcome = try swiftlet([
        "run", bundle, folder + "/a.png", missing, folder + "/b.png", "--json",
      ])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains(missing))
      let results = try #require(outcome.json?["results"] as? [[String: Any]])
      #expect(results.map { $0["error"] == nil } == [true, false, true])
    }
  }

  @Test("Wrong tensor lengths and names say what was expected")
  func wrongTensors() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let short = folder + "/short.bin"
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: short))
      let length = try swiftlet(["run", bundle, "--input-tensor", short])
      #expect(length.status == 1)
      #expect(
        length.errors.contains("expected 3072 bytes for input 'input' (32×32×3 int8), found 3"))
      let name = try swiftlet(["run", bundle, folder + "/a.png", "--output-tensor", "logit=x"])
      #expect(name.status == 1)
      #expect(name.errors.contains("no tensor named 'logit'") && name.errors.contains("logits"))
    }
  }

  @Test("bench has every promised field, and times every operation")
  func bench() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let outcome = try swiftlet(["bench", bundle, "--runs", "3", "--layers", "--json"])
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let json = try #require(outcome.json)
      for field in [
        "min_ms", "median_ms", "p90_ms", "macs", "arena_bytes", "weight_bytes", "load_ms",
        "first_ms", "grown_rss_bytes", "peak_rss_bytes",
      ] {
        #expect((json[field] as? Double ?? 0) > 0, "\(field)")
      }
      #expect(json["isa"] is String)
      #expect(json["threads"] as? Int == 1 && json["runs"] as? Int == 3)
      let (load, first) = (json["load_ms"] as? Double, json["first_ms"] as? Double)
      #expect(try #require(first) >= #require(load))
      let layers = try #require(json["layers"] as? [[String: Any]])
      let macs = layers.compactMap { $0["macs"] as? Int }.reduce(0, +)
      #expect(macs == json["macs"] as? Int)
      let inspected = try swiftlet(["inspect", bundle, "--json"])
      let operations = try #require(inspected.json?["operations"] as? [[String: Any]])
      #expect(operations.count == layers.count)
      let provenance = try #require(inspected.json?["provenance"] as? [String: String])
      #expect(provenance["source"] == "random:5" && provenance["architecture"] == "mobilenet_v1")
    }
  }

  @Test("Asked for marks, bench names each stretch between them: a run, its calls, its operations")
  func marks() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let inspected = try swiftlet(["inspect", bundle, "--json"])
      let operations = try #require(inspected.json?["operations"] as? [[String: Any]])
      let macs = operations.compactMap { $0["macs"] as? Int }
      let marked = try swiftlet(
        ["bench", bundle, "--layers", "--isa", "portable"], variables: ["SWIFTLET_MARKS": "1"])
      #expect(marked.status == 0 && marked.errors.isEmpty, "\(marked.errors)")
      let lines = String(decoding: marked.output, as: UTF8.self).split(separator: "\n")
        .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
      #expect(
        lines.first == ["inference", "\(macs.reduce(0, +))", "0", "\(macs.count)", "portable"])
      let single = lines.filter { $0[0] == "operation" }
      #expect(single.map { $0[1...3] } == macs.indices.map { ["\(macs[$0])", "\($0)", "1"] })
      // The tensors of so small a network are whole, so that calls are operations too.
      #expect(lines.filter { $0[0] == "call" }.map { $0[1...] } == single.map { $0[1...] })
      #expect(lines.count == 1 + 2 * macs.count)
    }
  }

  @Test("verify passes a whole bundle, and names a changed weight's digest and a cut file's length")
  func verify() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      #expect(try swiftlet(["verify", bundle]).status == 0)
      var content = bytes(bundle)
      content[content.count - 1] ^= 1
      try Data(content).write(to: URL(fileURLWithPath: folder + "/changed"))
      let changed = try swiftlet(["verify", folder + "/changed"])
      #expect(changed.status == 1 && changed.errors.contains("SHA-256"))
      try Data(content.dropLast()).write(to: URL(fileURLWithPath: folder + "/cut"))
      let cut = try swiftlet(["verify", folder + "/cut"])
      #expect(cut.status == 1)
      #expect(cut.errors.contains("expected \(content.count) bytes, found \(content.count - 1)"))
    }
  }

  @Test("compare has every promised field; an unreadable picture is reported with status 1")
  func compare() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let list = folder + "/list.csv"
      try Data("path,class\na.png,0\nb.png,6\n".utf8).write(to: URL(fileURLWithPath: list))
      let report = folder + "/report.html"
      let words = ["compare", "random:5", bundle, "--images", list, "--json", "--report", report]
      let outcome = try swiftlet(words)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let json = try #require(outcome.json)
      #expect(json["images"] as? Int == 2)
      // Both pictures are the same file, with two different labels.
      for network in ["float", "int8"] {
        let accuracy = try #require(json[network] as? [String: Double])
        #expect(accuracy["top1"] == 0 || accuracy["top1"] == 0.5)
        #expect((accuracy["top5"] ?? -1) >= (accuracy["top1"] ?? 2))
      }
      let agreement = try #require(json["agreement"] as? Double)
      let disagreements = try #require(json["disagreements"] as? [Any])
      #expect(agreement == 1 - Double(disagreements.count) / 2)
      let layers = try #require(json["layers"] as? [[String: Any]])
      #expect(layers.count > 20)
      #expect(layers.allSatisfy { $0["name"] is String && $0["sqnr_db"] is Double })
      #expect(layers.contains { $0["name"] as? String == json["worst_layer"] as? String })
      #expect(String(decoding: bytes(report), as: UTF8.self).hasSuffix("</html>\n"))

      try Data("path\na.png\nmissing.png\n".utf8).write(to: URL(fileURLWithPath: list))
      let partial = try swiftlet(words)
      #expect(partial.status == 1 && partial.errors.contains("missing.png"))
      #expect(partial.json?["images"] as? Int == 1)
      #expect((partial.json?["failures"] as? [Any])?.count == 1)
    }
  }

  @Test("compare refuses what does not belong together")
  func mismatch() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let list = folder + "/list.csv"
      try Data("path,class\na.png,7\n".utf8).write(to: URL(fileURLWithPath: list))
      let cases: [(options: [String], words: String)] = [
        (["--arch", "mobilenet_v2"], "converted from a mobilenet_v1"),
        (["--classes", "8"], "found 8 in the model and 7 in the bundle"),
        (["--input", "64"], "found 64×64×3 in the model and 32×32×3 in the bundle"),
        ([], "expected a class from 0 to 6, found 7"),
      ]
      for (options, words) in cases {
        let outcome = try swiftlet(["compare", "random:5", bundle, "--images", list] + options)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
      }
      // The bundle's activation, which this architecture has no choice of, is not what is wrong.
      let model = repositoryRoot + "/Models/digits_mobilenet_v2.safetensors"
      let other = try swiftlet(["compare", model, bundle, "--images", list])
      #expect(other.status == 1)
      #expect(other.errors.contains("the model is a mobilenet_v2"), "\(other.errors)")
    }
  }

  @Test("A failed conversion leaves no file, and an input is never overwritten")
  func failedConversion() throws {
    try withTemporaryFolder { folder in
      let labels = folder + "/labels.txt"
      try Data("one\ntwo\n".utf8).write(to: URL(fileURLWithPath: labels))
      let words = [
        "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
        "--classes", "7", "--labels", labels, "-o",
      ]
      let count = try swiftlet(words + [folder + "/net.swiftlet"])
      #expect(count.status == 1)
      #expect(count.errors.contains("expected 7 lines") && count.errors.contains("found 2"))
      let overwriting = try swiftlet(words + [labels])
      #expect(overwriting.status == 2 && overwriting.errors.contains("would overwrite"))
      #expect(bytes(labels).count == 8)
      for path in ["/dev/null", folder] {
        #expect(try swiftlet(words + [path]).status == 2)
      }
      let list = folder + "/list.csv"
      try Data("path\nlabels.txt\n".utf8).write(to: URL(fileURLWithPath: list))
      let image = try swiftlet(
        words.filter { $0 != "--labels" && $0 != labels }
          + [folder + "/net.swiftlet", "--calibrate", list])
      #expect(image.status == 1 && image.errors.contains("labels.txt"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["labels.txt", "list.csv"])
    }
  }

  @Test("Files may have names of one character, and names as long as the file system allows")
  func shortAndLongNames() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let words = [
        "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
        "--classes", "7", "--calibration-count", "2", "--method", "minmax", "-o",
      ]
      for name in ["b", "é", String(repeating: "n", count: 255)] {
        let outcome = try swiftlet(words + [name], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(bytes(folder + "/" + name) == bytes(bundle))
      }
      try Data("path\na.png\n".utf8).write(to: URL(fileURLWithPath: folder + "/l.csv"))
      let report = try swiftlet(
        ["compare", "random:5", "b", "--images", "l.csv", "--report", "r"], in: folder)
      #expect(report.status == 0, "\(report.errors)")
      #expect(!bytes(folder + "/r").isEmpty)
    }
  }

  @Test("Raw tensors overwrite neither the bundle, nor the picture, nor each other")
  func outputTensorOverInput() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let image = folder + "/a.png"
      let before = (bytes(bundle), bytes(image))
      for file in [bundle, image] {
        let outcome = try swiftlet(["run", bundle, image, "--output-tensor", file])
        #expect(outcome.status == 2 && outcome.errors.contains("would overwrite"))
      }
      let twice = try swiftlet([
        "run", bundle, image, "--output-tensor", "input=\(folder)/t", "--output-tensor",
        "logits=\(folder)/t",
      ])
      #expect(twice.status == 2 && twice.errors.contains("twice"))
      #expect(before == (bytes(bundle), bytes(image)))
      #expect(!FileManager.default.fileExists(atPath: folder + "/t"))
    }
  }

  @Test("A conversion overwrites no calibration image, and refuses names that no bundle can hold")
  func calibrationImagesAndLongNames() throws {
    try withTemporaryFolder { folder in
      _ = try makeBundle(in: folder)
      let before = bytes(folder + "/a.png")
      let list = folder + "/list.csv"
      try Data("path\na.png\n".utf8).write(to: URL(fileURLWithPath: list))
      let labels = folder + "/labels.txt"
      let long = String(repeating: "x", count: 65_537)
      try Data("\(long)\nb\nc\nd\ne\nf\ng\n".utf8).write(to: URL(fileURLWithPath: labels))
      let words = [
        "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
        "--classes", "7", "--calibrate", list, "-o",
      ]
      let image = try swiftlet(words + [folder + "/a.png"])
      #expect(image.status == 2 && image.errors.contains("would overwrite"))
      #expect(bytes(folder + "/a.png") == before)
      let name = try swiftlet(words + [folder + "/o", "--labels", labels])
      #expect(name.status == 1)
      #expect(name.errors.contains("line 1: expected a class name of at most 65536 bytes"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/o"))
    }
  }

  @Test("Preprocessing that makes every input almost zero is converted")
  func tinyInputs() throws {
    try withTemporaryFolder { folder in
      let outcome = try swiftlet([
        "convert", "random:5", "--arch", "mobilenet_v1", "--width", "0.25", "--input", "32",
        "--classes", "7", "--calibration-count", "2", "--std", "3e38,3e38,3e38", "-o",
        folder + "/o",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try swiftlet(["verify", folder + "/o"]).status == 0)
    }
  }

  @Test("What stands closed when the program starts is not taken for a file")
  func closedOutput() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      let start = try startingProgram()
      let words = ["run", bundle, folder + "/a.png", "--output-tensor", folder + "/out.bin"]
      process.arguments = ["-c", "\"$0\" \"$@\" >&- 2>&-"] + start + words
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
      #expect(bytes(folder + "/out.bin").count == 7)
    }
  }

  @Test("Of many unreadable pictures ten are named and the rest are counted")
  func manyBadPictures() throws {
    try withTemporaryFolder { folder in
      let bundle = try makeBundle(in: folder)
      let list = folder + "/list.csv"
      let rows = (0..<30).map { "missing\($0).png" }.joined(separator: "\n")
      try Data("path\na.png\n\(rows)\n".utf8).write(to: URL(fileURLWithPath: list))
      let outcome = try swiftlet(["compare", "random:5", bundle, "--images", list, "--json"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.filter { $0 == "\n" }.count == 11)
      #expect(outcome.errors.contains("20 more images cannot be read"))
      #expect((outcome.json?["failures"] as? [Any])?.count == 30)
    }
  }

  @Test("Output that cannot be written gives status 1")
  func fullDevice() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let outcome = try swiftlet(["--help"], output: "/dev/full")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("swiftlet: standard output: "))
  }
}
