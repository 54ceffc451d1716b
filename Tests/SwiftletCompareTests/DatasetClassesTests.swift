import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletCompare

/// Makes empty files in a folder.
private func make(_ names: [String], in folder: String) throws {
  for name in names {
    let path = folder + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: path))
  }
}

/// The classes of a dataset's images by their paths without the folder.
private func classes(_ dataset: Dataset, in folder: String) -> [String: Int?] {
  let pairs = dataset.images.map { (String($0.path.dropFirst(folder.count + 1)), $0.classIndex) }
  return [String: Int?](uniqueKeysWithValues: pairs)
}

private let animals = NetworkClasses(
  count: 6, labels: ["ape", "polar_bear", "cat", "dog", "egret, heron", "n01440764 tench, fish"])

@Suite("Classes of a dataset") struct DatasetClassesTests {
  @Test("Folders are matched with the labels, so that some of the classes are enough")
  func labels() throws {
    try withTemporaryFolder { folder in
      try make(["dog/1.png", "Polar bear/1.png", "heron/1.png", "n01440764/1.png"], in: folder)
      let dataset = try Dataset.read(folder, classes: animals)
      #expect(
        classes(dataset, in: folder)
          == ["dog/1.png": 3, "Polar bear/1.png": 1, "heron/1.png": 4, "n01440764/1.png": 5])
      #expect(dataset.remarks.isEmpty)
      try make(["horse/1.png"], in: folder)
      let more = try Dataset.read(folder, classes: animals)
      #expect(classes(more, in: folder)["horse/1.png"] == .some(nil))
      #expect(classes(more, in: folder)["dog/1.png"] == 3)
      #expect(more.remarks.count == 1 && more.remarks[0].contains("1 folder (horse)"))
    }
  }

  @Test("A name that two labels share means neither")
  func sharedNames() {
    let labels = LabelIndex(["crane", "crane, bird", "Crane", "kite"])
    #expect(labels["crane"] == 0 && labels["Crane"] == 2)
    #expect(labels["CRANE"] == nil && labels["bird"] == 1 && labels["KITE"] == 3)
    #expect(LabelIndex(["a", "b", "a"])["a"] == nil)
  }

  @Test("Folders that are numbers go by number, whatever the order of their texts")
  func numbers() throws {
    try withTemporaryFolder { folder in
      try make(["0/a.png", "10/a.png", "2/a.png", "007/a.png"], in: folder)
      let expected: [String: Int?] = ["0/a.png": 0, "10/a.png": 10, "2/a.png": 2, "007/a.png": 7]
      let eleven = NetworkClasses(count: 11, labels: [])
      for network in [nil, eleven, NetworkClasses(count: 11, labels: ["zero", "one"])] {
        let dataset = try Dataset.read(folder, classes: network)
        #expect(classes(dataset, in: folder) == expected)
        // A number is no name that a bundle should keep.
        #expect(dataset.classNames.isEmpty && dataset.remarks.isEmpty)
      }
      let few = try Dataset.read(folder, classes: NetworkClasses(count: 10, labels: []))
      #expect(few.images.allSatisfy { $0.classIndex == nil })
      #expect(few.remarks.first?.contains("they go from 0 to 10") == true)
      // Labels that are numbers are names first.
      let texts = NetworkClasses(count: 11, labels: ["0", "007", "10", "2"])
      let named = try Dataset.read(folder, classes: texts)
      #expect(classes(named, in: folder)["2/a.png"] == 3)
    }
  }

  @Test("Empty folders and those of systems are no classes, at any depth")
  func systemFolders() throws {
    try withTemporaryFolder { folder in
      try make(
        [
          "cat/a.png", "dog/deep/er/a.png", "dog/@eaDir/a.png/thumb.jpg", "@eaDir/x.jpg",
          "__MACOSX/cat/._a.png", "__MACOSX/cat/b.png", ".cache/a.png", "empty/notes.txt",
          "egret/#recycle/a.png",
        ], in: folder)
      let dataset = try Dataset.read(folder)
      #expect(dataset.classNames == ["cat", "dog"])
      #expect(classes(dataset, in: folder) == ["cat/a.png": 0, "dog/deep/er/a.png": 1])
      #expect(dataset.remarks.isEmpty)
    }
  }

  @Test("What is left out is counted in a sentence")
  func leftOut() throws {
    try withTemporaryFolder { folder in
      try make(
        ["cat/a.png", "dog/a.webp", "dog/x/b.WEBP", "dog/c.bmp", "e.jpg", "f.jpg", "g.heic"],
        in: folder)
      let dataset = try Dataset.read(folder, classes: NetworkClasses(count: 2, labels: []))
      // A class keeps its place where none of its images can be read.
      #expect(dataset.classNames == ["cat", "dog"])
      #expect(classes(dataset, in: folder) == ["cat/a.png": 0])
      #expect(
        dataset.remarks == [
          "\(folder): 2 images beside the class folders are left out",
          "\(folder): 4 images are left out, in formats that are not read: 1 .bmp, 1 .heic, 2 .webp",
        ])
      #expect(dataset.spread(1).remarks == dataset.remarks)
    }
    try withTemporaryFolder { folder in
      try make(["a.webp", "b/c.gif", "b/d.gif"], in: folder)
      do throws(DatasetError) {
        _ = try Dataset.read(folder)
        Issue.record("read a folder without an image")
      } catch {
        #expect(error == .foreignImages(path: folder, found: "2 .gif, 1 .webp"))
      }
    }
  }

  @Test("Folders that cannot be the network's classes give a sentence and no class")
  func impossible() throws {
    try withTemporaryFolder { folder in
      try make(["x/a.png", "y/a.png", "z/a.png"], in: folder)
      for network in [NetworkClasses(count: 10, labels: []), animals] {
        let dataset = try Dataset.read(folder, classes: network)
        #expect(dataset.images.count == 3)
        #expect(dataset.images.allSatisfy { $0.classIndex == nil })
        #expect(dataset.remarks.count == 1 && dataset.remarks[0].contains("no accuracy"))
        #expect(dataset.classNames.isEmpty)
      }
      // As many as classes: their order, which is said where the labels are others.
      let three = NetworkClasses(count: 3, labels: [])
      #expect(try Dataset.read(folder, classes: three).images.map(\.classIndex) == [0, 1, 2])
      #expect(try Dataset.read(folder, classes: three).remarks.isEmpty)
      let named = NetworkClasses(count: 3, labels: ["u", "v", "w"])
      let dataset = try Dataset.read(folder, classes: named)
      #expect(dataset.images.map(\.classIndex) == [0, 1, 2])
      #expect(dataset.remarks.first?.contains("sorted names") == true)
    }
    try withTemporaryFolder { folder in
      try make(["train/a/1.png", "val/a/1.png"], in: folder)
      let two = try Dataset.read(folder, classes: NetworkClasses(count: 2, labels: []))
      #expect(two.images.allSatisfy { $0.classIndex == nil })
      #expect(two.remarks.first?.contains("parts of a data set") == true)
      #expect(try Dataset.read(folder).classNames.isEmpty)
    }
  }

  @Test("A link that leads back to a folder it lies in is not followed")
  func links() throws {
    try withTemporaryFolder { folder in
      try make(["cat/a.png"], in: folder)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/cat/again", withDestinationPath: folder)
      #expect(try Dataset.read(folder).images.count == 1)
    }
  }

  /// Reads a table for a network; the text of the problem where there is one.
  private func table(
    _ text: String, _ network: NetworkClasses?
  ) throws -> (classes: [Int?], remarks: [String], problem: String) {
    try withTemporaryFolder { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/list.csv"))
      do throws(DatasetError) {
        let dataset = try Dataset.read(folder + "/list.csv", classes: network)
        return (dataset.images.map(\.classIndex), dataset.remarks, "")
      } catch {
        return ([], [], error.description)
      }
    }
  }

  @Test("The class in a table is an index in all lines or a name in all")
  func names() throws {
    let rows = "path,class\na.png,dog\nb.png,Polar-Bear\nc.png,\nd.png,fish\n"
    #expect(try table(rows, animals).classes == [3, 1, nil, 5])
    #expect(try table("path,class\na.png,cow\n", animals).problem.contains("found 'cow'"))
    let mixed = try table("path,class\na.png,dog\nb.png,3\n", animals)
    #expect(mixed.problem.contains("line 3") && mixed.problem.contains("found '3'"))
    // Nobody knows the network: the names are for others.
    #expect(try table(rows, nil).classes == [nil, nil, nil, nil])
    let sorted = try table(rows, NetworkClasses(count: 3, labels: []))
    #expect(sorted.classes == [1, 0, nil, 2])
    #expect(sorted.remarks.first?.contains("sorted order") == true)
    let many = try table(rows, NetworkClasses(count: 4, labels: []))
    #expect(many.problem.contains("line 2") && many.problem.contains("--labels FILE"))
  }

  @Test("Indices of a smaller data set are doubted")
  func smaller() throws {
    let rows = (0..<40).map { "\($0).png,\($0 % 10)\n" }.joined()
    let doubt = try table("path,class\n" + rows, NetworkClasses(count: 1000, labels: []))
    #expect(doubt.classes.count == 40)
    #expect(doubt.remarks.count == 1 && doubt.remarks[0].contains("classes 0 to 9"))
    for count in [10, 99] {
      let network = NetworkClasses(count: count, labels: [])
      #expect(try table("path,class\n" + rows, network).remarks.isEmpty)
    }
    let some = (0..<40).map { "\($0).png,\($0 * 7)\n" }.joined()
    let spread = try table("path,class\n" + some, NetworkClasses(count: 1000, labels: []))
    #expect(spread.remarks.isEmpty)
  }

  @Test(
    "Semicolons and tabs between fields are named",
    arguments: [
      ("path;class\na.png;3\n", "line 1", "semicolon"),
      ("\u{FEFF}\npath\tclass\r\na.png\t3\n", "line 2", "tab"),
      ("\"path\";\"class\"\n\"a.png\";3\n", "line 1", "semicolon"),
      ("sep=;\npath;class\na.png;3\n", "line 1", "semicolon"),
      ("path\na.png;3\n", "line 2", "semicolon"),
      ("path,class\na.png\t3\n", "line 2", "tab"),
    ])
  func separators(text: String, line: String, separator: String) throws {
    let problem = try table(text, nil).problem
    #expect(problem.contains(line) && problem.contains(separator), "\(problem)")
    #expect(problem.contains("expected a comma"))
  }

  @Test("A semicolon in a path is one; the fields the other way round are named")
  func otherTables() throws {
    #expect(try table("path,class\na;b.png,3\n", nil).classes == [3])
    #expect(try table("path\t\na.png\n", nil).classes == [nil])
    let swapped = try table("class,path\n3,a.png\n", nil).problem
    #expect(swapped.contains("line 2") && swapped.contains("'a.png' in the second field"))
    #expect(try table("a.webp,cat\nb.webp,dog\n", nil).problem.contains("header"))
  }
}
