import SwiftletPlatform

/// Reads a folder of images, or of one folder of images per class.
enum ImageFolder {
  /// Folders that tools and systems put beside a user's own, in lower case. Folders whose names
  /// start with a dot are theirs too.
  private static let systemFolders: Set<String> = [
    "@eadir", "@recycle", "@recently-snapshot", "@tmp", "#recycle", "#snapshot", "__macosx",
    "__pycache__", "$recycle.bin", "system volume information", "lost+found",
  ]
  /// Folders this far below a class folder are not looked into.
  private static let maximumDepth = 64

  /// The images of the folder at `path`, those in deeper folders with them.
  static func read(_ path: String, _ classes: NetworkClasses?) throws(DatasetError) -> Dataset {
    var beside = Contents()
    var folders: [(name: String, contents: Contents)] = []
    var empty: [String] = []
    for name in try list(path) {
      let inner = path + "/" + name
      guard PathKind(of: inner) == .folder else {
        beside.add(inner)
        continue
      }
      guard !isSystem(name) else { continue }
      var contents = Contents()
      try contents.addFolder(inner, depth: 0)
      if contents.isEmpty { empty.append(name) } else { folders.append((name, contents)) }
    }
    // Folders without images, such as some tools keep their notes in, are no classes.
    if folders.isEmpty {
      try requireImages(path, beside)
      return Dataset(
        path: path, images: beside.images.map { DatasetImage(path: $0, classIndex: nil) },
        remarks: remarks(path, foreign: beside.foreign))
    }
    var all = beside
    for folder in folders { all.add(folder.contents) }
    try requireImages(path, all)
    let found = FolderClasses(folders.map(\.name), classes, empty: empty)
    var images: [DatasetImage] = []
    for (folder, index) in zip(folders, found.indices) {
      images += folder.contents.images.map { DatasetImage(path: $0, classIndex: index) }
    }
    var remarks = found.remarks.map { "\(path): \($0)" }
    if !beside.images.isEmpty {
      remarks.append(
        "\(path): \(counted(beside.images.count, "image")) beside the class folders "
          + "\(beside.images.count == 1 ? "is" : "are") left out")
    }
    remarks += self.remarks(path, foreign: all.foreign)
    // Images may all lie beside folders that hold nothing but formats that are not read.
    guard !images.isEmpty else {
      throw .foreignImages(path: path, found: list(all.foreign))
    }
    return Dataset(path: path, images: images, classNames: found.names, remarks: remarks)
  }

  /// Images below a folder.
  private struct Contents {
    /// Paths of those in formats that are read, in order.
    var images: [String] = []
    /// How many of each ending there are in formats that are not read.
    var foreign: [String: Int] = [:]

    var isEmpty: Bool { images.isEmpty && foreign.isEmpty }

    mutating func add(_ path: String) {
      switch ImageFileName.kind(of: path) {
      case .image: images.append(path)
      case .foreign(let ending): foreign[ending, default: 0] += 1
      case .other: break
      }
    }

    mutating func add(_ other: Contents) {
      images += other.images
      foreign.merge(other.foreign, uniquingKeysWith: +)
    }

    /// Adds what lies in a folder, and then in the folders in it. A link to a folder is followed to
    /// the depth that all are, so that one that leads back ends.
    mutating func addFolder(_ path: String, depth: Int) throws(DatasetError) {
      var inner: [String] = []
      for name in try ImageFolder.list(path) {
        let entry = path + "/" + name
        switch PathKind(of: entry) {
        case .folder: if !ImageFolder.isSystem(name) { inner.append(entry) }
        case .file, .other, .nothing: add(entry)
        }
      }
      guard depth < ImageFolder.maximumDepth else { return }
      for folder in inner where !ImageFolder.leadsBack(folder) {
        try addFolder(folder, depth: depth + 1)
      }
    }
  }

  private static func requireImages(_ path: String, _ contents: Contents) throws(DatasetError) {
    guard contents.images.isEmpty else { return }
    if contents.foreign.isEmpty { throw .noImages(path: path) }
    throw .foreignImages(path: path, found: list(contents.foreign))
  }

  /// What to say of images in formats that are not read.
  private static func remarks(_ path: String, foreign: [String: Int]) -> [String] {
    let count = foreign.values.reduce(0, +)
    guard count > 0 else { return [] }
    return [
      "\(path): \(counted(count, "image")) \(count == 1 ? "is" : "are") left out, in formats that "
        + "are not read: \(list(foreign))"
    ]
  }

  private static func list(_ foreign: [String: Int]) -> String {
    foreign.sorted { $0.key < $1.key }.map { "\($0.value) .\($0.key)" }.joined(separator: ", ")
  }

  static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func isSystem(_ name: String) -> Bool {
    systemFolders.contains(name.lowercased())
  }

  /// Whether a path is a symbolic link to a folder that it lies in itself.
  private static func leadsBack(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      stat(path, &status) == 0
    else { return false }
    let (device, inode) = (status.st_dev, status.st_ino)
    var parent = path
    while let slash = parent.utf8.lastIndex(of: UInt8(ascii: "/")), slash > parent.startIndex {
      parent = String(parent[..<slash])
      if stat(parent, &status) == 0, status.st_dev == device, status.st_ino == inode {
        return true
      }
    }
    return false
  }

  /// The visible names in a folder, in the order of their UTF-8 bytes.
  private static func list(_ path: String) throws(DatasetError) -> [String] {
    guard let folder = opendir(path) else {
      throw .unreadable(path: path, reason: "the folder cannot be read")
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard bytes.first != UInt8(ascii: ".") else { continue }
      // To leave such names out would shift the classes after them.
      guard let name = String(validating: bytes, as: UTF8.self) else {
        let shown = String(decoding: bytes, as: UTF8.self)
        throw .unreadable(path: path, reason: "expected names in UTF-8, found '\(shown)'")
      }
      names.append(name)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
