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

/// A list of images, from a folder or a CSV file.
public struct Dataset: Equatable, Sendable {
  /// The folder or file it was read from.
  public let path: String
  /// In the order of the file, or of the names.
  public let images: [DatasetImage]
  /// The names of the class folders in the order of their classes; empty for a CSV, and where the
  /// order is not known.
  public let classNames: [String]
  /// What was left out or had to be assumed, a sentence each without a full stop.
  public let remarks: [String]

  /// A dataset from a list that is known already.
  public init(
    path: String, images: [DatasetImage], classNames: [String] = [], remarks: [String] = []
  ) {
    self.path = path
    self.images = images
    self.classNames = classNames
    self.remarks = remarks
  }

  /// Whether every image says its class.
  public var isLabelled: Bool { images.allSatisfy { $0.classIndex != nil } }

  /// Reads a folder with one folder of images per class, a folder of images without classes, or a
  /// CSV file.
  ///
  /// The CSV has a header line and rows `path,class`, the class an index or one of the labels; it
  /// may be missing, and paths are relative to the CSV's own folder.
  ///
  /// The classes are those of the network that the images are for, nil where only the images matter:
  /// class folders are matched with the labels, see `FolderClasses`.
  public static func read(
    _ path: String, classes: NetworkClasses? = nil
  ) throws(DatasetError) -> Dataset {
    switch PathKind(of: path) {
    case .nothing: throw .unreadable(path: path, reason: "no such file or folder")
    case .folder: return try ImageFolder.read(path, classes)
    case .file, .other: break
    }
    guard path.lowercased().hasSuffix(".csv") else { throw .notCSV(path: path) }
    return try ImageTable.read(path, classes)
  }

  /// At most `count` images, evenly spread over the list: always the same ones.
  public func spread(_ count: Int) -> Dataset {
    guard count < images.count else { return self }
    return Dataset(
      path: path, images: images.spreadIndices(count).map { images[$0] }, classNames: classNames,
      remarks: remarks)
  }
}
