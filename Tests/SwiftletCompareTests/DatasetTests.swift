import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletCompare

private func write(_ text: String, _ path: String) throws {
  let folder = (path as NSString).deletingLastPathComponent
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

private func problem(_ path: String) -> DatasetError? {
  do throws(DatasetError) {
    _ = try Dataset.read(path)
    return nil
  } catch {
    return error
  }
}

@Suite("Dataset")
struct DatasetTests {
  @Test("Quoted fields, both line ends, blank lines and a byte order mark")
  func csvFields() throws {
    let text = "\u{FEFF}path,class\r\n\"a, b.jpg\",3\n\n  c.jpg , 4 \r\n\"say \"\"hi\"\".png\",\n"
    let records = try CSVReader.records(text)
    #expect(
      records.map(\.fields) == [
        ["path", "class"], ["a, b.jpg", "3"], ["c.jpg", "4"], ["say \"hi\".png", ""],
      ])
    #expect(records.map(\.line) == [1, 2, 4, 5])
  }

  @Test("A line break inside quotes counts for the lines after it")
  func csvLines() throws {
    let records = try CSVReader.records("h\n\"a\nb\"\nc")
    #expect(records.map(\.line) == [1, 2, 4])
    #expect(records[1].fields == ["a\nb"])
  }

  @Test("A CSV's paths are relative to its folder; classes may be missing")
  func csvDataset() throws {
    try withTemporaryFolder { folder in
      try write("image,label\nx/a.jpg,7\n/abs/b.jpg\nc.jpg,\n", folder + "/list.csv")
      let dataset = try Dataset.read(folder + "/list.csv")
      #expect(
        dataset.images == [
          DatasetImage(path: folder + "/x/a.jpg", classIndex: 7),
          DatasetImage(path: "/abs/b.jpg", classIndex: nil),
          DatasetImage(path: folder + "/c.jpg", classIndex: nil),
        ])
      #expect(!dataset.isLabelled)
    }
  }

  @Test(
    "Bad lines are named by number",
    arguments: [
      ("path,class\na.jpg,0\nb.jpg,cat\n", 3, "class index"),
      ("path,class\na.jpg,-1\n", 2, "class index"),
      ("path,class\na.jpg,1.5\n", 2, "class index"),
      ("path,class\n,1\n", 2, "image path"),
      ("path,class\na,b.jpg,1\n", 2, "quote a path"),
      ("path,class\n\"a.jpg,1\n", 2, "never ends"),
      ("path,class\n\"a\".jpg,1\n", 2, "closing quote"),
      ("a.jpg,1\nb.jpg,2\n", 1, "header"),
      ("a.jpg\nb.jpg\n", 1, "header"),
      ("a.jpg,1\n", 1, "header"),
    ])
  func badLines(text: String, line: Int, words: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/list.csv"
      try write(text, path)
      guard case .badLine(path, line, let problem) = problem(path) else {
        Issue.record("expected a bad line \(line), found \(String(describing: problem(path)))")
        return
      }
      #expect(problem.contains(words))
    }
  }

  @Test("Class folders in the order of their names give the class index")
  func classFolders() throws {
    try withTemporaryFolder { folder in
      for name in ["dog/2.JPG", "dog/1.png", "cat/x.jpeg", "cat/notes.txt", "emu/.hidden.jpg"] {
        try write("", folder + "/" + name)
      }
      try write("", folder + "/stray.jpg")
      let dataset = try Dataset.read(folder)
      // A folder without an image that can be seen is no class.
      #expect(dataset.classNames == ["cat", "dog"])
      #expect(
        dataset.images == [
          DatasetImage(path: folder + "/cat/x.jpeg", classIndex: 0),
          DatasetImage(path: folder + "/dog/1.png", classIndex: 1),
          DatasetImage(path: folder + "/dog/2.JPG", classIndex: 1),
        ])
      #expect(dataset.isLabelled)
    }
  }

  @Test("A folder of images without class folders has no classes")
  func flatFolder() throws {
    try withTemporaryFolder { folder in
      try write("", folder + "/b.jpg")
      try write("", folder + "/a.png")
      let dataset = try Dataset.read(folder)
      #expect(dataset.images.map(\.path) == [folder + "/a.png", folder + "/b.jpg"])
      // Nor does a folder without images make one.
      try write("", folder + "/@notes/thumbnails.db")
      try write("", folder + "/c.jpg/text")
      #expect(try Dataset.read(folder) == dataset)
      #expect(dataset.classNames.isEmpty && !dataset.isLabelled)
    }
  }

  @Test("A name that is not UTF-8 is refused, since without it the classes would shift")
  func foreignNames() throws {
    try withTemporaryFolder { folder in
      try write("", folder + "/cat/x.png")
      // File systems that allow only UTF-8 names cannot have the problem.
      guard mkdir([0x2F, 0x61, 0xFF], in: folder) else { return }
      guard case .unreadable(folder, let reason)? = problem(folder) else {
        Issue.record("found \(String(describing: problem(folder)))")
        return
      }
      #expect(reason.contains("UTF-8"))
    }
  }

  /// Makes a folder whose path is `folder` and then these bytes.
  private func mkdir(_ bytes: [UInt8], in folder: String) -> Bool {
    let path = (Array(folder.utf8) + bytes + [0]).map { CChar(bitPattern: $0) }
    return Foundation.mkdir(path, 0o755) == 0
  }

  @Test("What is no dataset is refused")
  func noDataset() throws {
    try withTemporaryFolder { folder in
      #expect(problem(folder) == .noImages(path: folder))
      let missing = folder + "/missing"
      #expect(problem(missing) == .unreadable(path: missing, reason: "no such file or folder"))
      try write("x", folder + "/a.txt")
      #expect(problem(folder + "/a.txt") == .notCSV(path: folder + "/a.txt"))
      try write("path,class\n", folder + "/a.csv")
      #expect(problem(folder + "/a.csv") == .noRows(path: folder + "/a.csv"))
      try Data([0x61, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: folder + "/b.csv"))
      #expect(problem(folder + "/b.csv")?.description.contains("UTF-8") == true)
    }
  }

  @Test("A spread takes evenly spaced images, the first included, none twice")
  func spread() {
    let images = (0..<10).map { DatasetImage(path: "\($0)", classIndex: nil) }
    let dataset = Dataset(path: "", images: images)
    #expect(dataset.spread(4).images.map(\.path) == ["0", "2", "5", "7"])
    #expect(dataset.spread(10).images == images)
    #expect(dataset.spread(99).images == images)
    #expect(dataset.spread(1).images.map(\.path) == ["0"])
  }
}
