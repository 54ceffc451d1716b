import SwiftletImport

/// A tensor that was written and must be read.
struct WrittenTensor {
  let name: String
  let shape: [Int]
}

/// What must hold of every weight file that is read.
enum WeightsCheck {
  /// Reads a file. `expected` are the tensors of one that nothing was changed of, else nil.
  static func read(_ bytes: [UInt8], expected: [WrittenTensor]?) {
    let path = MemoryFile.path("weights", bytes)
    do throws(ImportError) {
      let file = try WeightFile.read(path)
      Counts.add("read")
      if !file.tensors.isEmpty { Counts.add("reached-tensors") }
      check(file, expected)
      // The search takes a hundred times as long as the reading.
      if bytes.count % 64 == 8 { importNetwork(file) }
    } catch {
      Finding.checkSentence(error)
      if case .tensor = error { Counts.add("reached-tensors") }
      if expected != nil { Finding.fail("a right file is refused: \(error)") }
    }
  }

  private static func check(_ file: WeightFile, _ expected: [WrittenTensor]?) {
    // By bytes: Swift calls texts equal that Unicode does, and names of files are none.
    var byName: [[UInt8]: WeightTensor] = [:]
    for tensor in file.tensors {
      let count = tensor.shape.reduce(1, *)
      Finding.require(
        tensor.values.count == count, "\(tensor.values.count) values of shape \(tensor.shape)")
      Finding.require(
        byName.updateValue(tensor, forKey: Array(tensor.name.utf8)) == nil,
        "the name \(tensor.name) is given out twice")
    }
    for written in expected ?? [] {
      guard let tensor = byName[Array(written.name.utf8)] else {
        Finding.fail("tensor \(written.name) is not read")
      }
      Finding.require(
        tensor.shape == written.shape,
        "\(written.name) has shape \(tensor.shape), written \(written.shape)")
    }
    if expected != nil { Counts.add("right") }
  }

  /// A network is hardly ever found in such tensors; the search must end in a sentence all the same.
  private static func importNetwork(_ file: WeightFile) {
    guard file.tensors.count <= 64 else { return }
    do throws(ImportError) {
      _ = try ModelImporter.network(file, options: NetworkOptions())
      Counts.add("imported")
    } catch {
      Finding.checkSentence(error)
    }
  }
}
