import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

@Suite("Weights: files that are refused")
struct WeightsRefusedTests {
  static let fixtures: [(String, ImportError)] = [
    ("complex.pt", .checkpoint(path: "file", .noTensors(keys: ["a"]))),
    ("tensor.pt", .checkpoint(path: "file", .notDictionary("one tensor without a name"))),
    ("list.pt", .checkpoint(path: "file", .notDictionary("a list"))),
    ("no_tensors.pt", .checkpoint(path: "file", .noTensors(keys: ["epoch", "loss"]))),
    ("torchscript.pt", .checkpoint(path: "file", .frozenProgram)),
    ("exported.pt2", .checkpoint(path: "file", .exportedProgram)),
    ("deflated.pt", .zip(path: "file", .compressed("plain/data.pkl", method: 8))),
    ("big_endian.pt", .checkpoint(path: "file", .bigEndian)),
    (
      "missing_storage.pt",
      .tensor(path: "file", tensor: "bn.running_var", .missingStorage(key: "1"))
    ),
    (
      "short_storage.pt",
      .tensor(
        path: "file", tensor: "conv.weight", .shortStorage(key: "0", expected: 96, found: 92))
    ),
  ]

  @Test("PyTorch files without weights that can be read", arguments: fixtures)
  func fixture(name: String, expected: ImportError) throws {
    #expect(try fixtureProblem(name) == expected)
  }

  @Test("a zip archive of something else")
  func otherZip() throws {
    guard case .checkpoint(_, .noPickle(let files))? = try fixtureProblem("no_pickle.pt") else {
      Issue.record("expected the list of files")
      return
    }
    #expect(files.contains("plain/byteorder"))
  }

  static let kinds: [(String, FileKind)] = [
    ("", .empty),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", .gitLFSPointer),
    ("\n<!DOCTYPE html><html>", .html),
    ("<HTML><body>Grüße", .html),
    ("{\"message\": \"not found\"}", .json),
    ("404: not found", .text),
    ("GGUF\u{3}\0\0\0", .gguf),
    ("\u{1C}\0\0\0TFL3", .tflite),
    ("%PDF-1.7", .pdf),
    ("\u{8}\u{8}\u{12}\u{7}pytorch", .onnx),
    ("BZh91AY", .bzip2),
    (String(repeating: "a", count: 257) + "ustar\0", .tar),
    ("\u{1}\u{2}\u{3}", .unknown),
  ]

  @Test("other files are named", arguments: kinds)
  func kind(content: String, kind: FileKind) {
    #expect(problem(Array(content.utf8)) == .notWeights(path: "file", found: kind))
  }

  @Test("files whose signature is not text are named")
  func binaryKinds() {
    let files: [([UInt8], FileKind)] = [
      ([0x1F, 0x8B, 8, 0], .gzip),
      ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5),
      ([0x93] + Array("NUMPY".utf8), .numpy),
      ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg),
      ([0x7F] + Array("ELF".utf8), .executable),
    ]
    for (bytes, kind) in files {
      #expect(problem(bytes) == .notWeights(path: "file", found: kind))
    }
  }

  @Test("missing files, folders and devices")
  func cannotOpen() throws {
    try withTemporaryFolder { folder in
      let cases = [
        (folder + "/none.pt", "there is no such file"), (folder, "it is a folder"),
        ("/dev/zero", "it is not a regular file"),
      ]
      for (path, reason) in cases {
        #expect(throws: ImportError.cannotOpen(path: path, reason: reason)) {
          try WeightFile.read(path)
        }
      }
    }
  }

  @Test("messages are one sentence that names file, tensor, expected and found")
  func messages() throws {
    let error = try #require(try fixtureProblem("short_storage.pt"))
    #expect(
      "\(error)" == "file, tensor 'conv.weight': its storage '0' should have 96 bytes, found 92")
    // Names from files cannot bring control characters into a terminal.
    #expect(quoted("a\u{1B}[31m\nb") == "'a\u{FFFD}[31m\u{FFFD}b'")
  }
}
