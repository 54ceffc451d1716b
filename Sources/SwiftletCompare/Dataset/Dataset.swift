import SwiftletPlatform

/// An image file and the class it shows, when that is known.
public struct DatasetImage: Equatable, Sendable {
  /// A path that can be opened from the working folder.
  public let path: String
  /// From 0; nil when the dataset does not say.
  public let classIndex: Int?

  /// An image with or without a class.
  public init(path: String, classIndex: Int?) {
    self.path = path
    self.classIndex = classIndex
  }
}

/// Why a dataset cannot be read.
public enum DatasetError: Error, Equatable {
  /// Nothing is there, or it may not be read.
  case unreadable(path: String, reason: String)
  /// A file that is not a CSV by its name.
  case notCSV(path: String)
  /// A folder without an image in it or in its class folders.
  case noImages(path: String)
  /// A CSV with a header at most.
  case noRows(path: String)
  /// Wrong quoting, class or number of fields in a line of a CSV.
  case badLine(path: String, line: Int, problem: String)
}

extension DatasetError: CustomStringConvertible {
  /// One sentence without a full stop.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "\(path): \(reason)"
    case .notCSV(let path):
      return "\(path): expected a folder of images or a .csv file, found another kind of file"
    case .noImages(let path):
      return "\(path): expected images (\(Dataset.extensions.joined(separator: ", "))) in it or in "
        + "one folder per class, found none"
    case .noRows(let path):
      return "\(path): expected a header line and then one image a line, found no image"
    case .badLine(let path, let line, let problem):
      return "\(path), line \(line): \(problem)"
    }
  }
}

/// A list of images, from a folder or a CSV file.
public struct Dataset: Equatable, Sendable {
  /// The folder or file it was read from.
  public let path: String
  /// In the order of the file, or of the names.
  public let images: [DatasetImage]
  /// The names of the class folders in order, empty for a CSV.
  public let classNames: [String]

  /// A dataset from a list that is known already.
  public init(path: String, images: [DatasetImage], classNames: [String] = []) {
    self.path = path
    self.images = images
    self.classNames = classNames
  }

  /// The name endings that count as images in a folder.
  static let extensions = ["jpg", "jpeg", "png"]

  /// Whether every image says its class.
  public var isLabelled: Bool { images.allSatisfy { $0.classIndex != nil } }

  /// Reads a folder with one folder of images per class (sorted names give the class index), a
  /// folder of images without classes, or a CSV file.
  ///
  /// The CSV has a header line and rows `path,class-index`; the class may be missing, and paths are
  /// relative to the CSV's own folder.
  public static func read(_ path: String) throws(DatasetError) -> Dataset {
    switch PathKind(of: path) {
    case .nothing: throw .unreadable(path: path, reason: "no such file or folder")
    case .folder: return try readFolder(path)
    case .file, .other: break
    }
    guard path.lowercased().hasSuffix(".csv") else { throw .notCSV(path: path) }
    return try readCSV(path)
  }

  /// At most `count` images, evenly spread over the list: always the same ones.
  public func spread(_ count: Int) -> Dataset {
    guard count < images.count else { return self }
    return Dataset(
      path: path, images: spreadRows(count).map { images[$0] }, classNames: classNames)
  }

  /// Which images `spread` takes.
  public func spreadRows(_ count: Int) -> [Int] {
    guard count < images.count else { return Array(images.indices) }
    return (0..<max(0, count)).map { $0 * images.count / count }
  }

  private static func readFolder(_ path: String) throws(DatasetError) -> Dataset {
    let names = try list(path)
    var classNames = names.filter { isFolder(path + "/" + $0) }
    var images: [DatasetImage] = []
    for (index, name) in classNames.enumerated() {
      let folder = path + "/" + name
      for file in try list(folder) where isImage(file) {
        images.append(DatasetImage(path: folder + "/" + file, classIndex: index))
      }
    }
    if images.isEmpty {
      // Folders without images, such as some tools keep their notes in, are no classes.
      let files = names.filter { isImage($0) && !classNames.contains($0) }
      images = files.map { DatasetImage(path: path + "/" + $0, classIndex: nil) }
      classNames = []
    }
    guard !images.isEmpty else { throw .noImages(path: path) }
    return Dataset(path: path, images: images, classNames: classNames)
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

  private static func isFolder(_ path: String) -> Bool { PathKind(of: path) == .folder }

  private static func isImage(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }

  private static func readCSV(_ path: String) throws(DatasetError) -> Dataset {
    let records = try table(path)
    guard let header = records.first else { throw .noRows(path: path) }
    let columns = header.fields.count
    if isImage(header.fields[0]) || (columns > 1 && Int(header.fields[1]) != nil) {
      throw .badLine(
        path: path, line: header.line,
        problem: "expected a header such as path,class, found a row of data")
    }
    guard records.count > 1 else { throw .noRows(path: path) }
    var images: [DatasetImage] = []
    for record in records.dropFirst() {
      let fail = { (problem: String) -> DatasetError in
        .badLine(path: path, line: record.line, problem: problem)
      }
      guard record.fields.count <= max(columns, 2) else {
        throw fail(
          "expected \(max(columns, 2)) fields at most, found \(record.fields.count) "
            + "(quote a path that has a comma in it)")
      }
      guard !record.fields[0].isEmpty else { throw fail("expected an image path, found nothing") }
      guard record.fields[0].utf8.count < Int(PATH_MAX) else {
        throw fail(
          "expected a path of less than \(PATH_MAX) bytes, found \(record.fields[0].utf8.count)")
      }
      var classIndex: Int?
      if record.fields.count > 1 && !record.fields[1].isEmpty {
        guard let index = Int(record.fields[1]), (0..<(1 << 20)).contains(index) else {
          throw fail(
            "expected a class index from 0 on, found '\(ShownText.name(record.fields[1]))'")
        }
        classIndex = index
      }
      images.append(
        DatasetImage(path: join(path, record.fields[0]), classIndex: classIndex))
    }
    return Dataset(path: path, images: images)
  }

  private static func table(_ path: String) throws(DatasetError) -> CSVTable {
    do throws(CSVReader.ReadError) {
      return try CSVReader.read(path)
    } catch {
      switch error {
      case .file(.tooLong):
        throw .unreadable(
          path: path,
          reason: "expected a list of at most \(CSVReader.maximumLength) bytes, found more")
      case .file(let problem):
        throw .unreadable(
          path: path,
          reason: "the file cannot be read: \(String(cString: strerror(problem.number)))")
      case .encoding:
        throw .unreadable(path: path, reason: "expected UTF-8 text, found other bytes")
      case .line(let error):
        throw .badLine(path: path, line: error.line, problem: error.problem)
      }
    }
  }

  /// A path in a CSV, which is absolute or starts from the CSV's folder.
  private static func join(_ table: String, _ path: String) -> String {
    let slash = UInt8(ascii: "/")
    guard path.utf8.first != slash, let end = table.utf8.lastIndex(of: slash) else { return path }
    return String(table[...end]) + path
  }
}
