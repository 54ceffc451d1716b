/// Which class each of some folders of images is.
///
/// In this order: by the network's labels, where one has the folder's name; by number, where all
/// names are numbers; by the order of the sorted names, where there are as many folders as classes
/// or nobody knows how many classes there are. Otherwise the class is not known, and a remark says so.
struct FolderClasses {
  /// A class for each folder, or nil.
  private(set) var indices: [Int?]
  /// The folders' names in the order of the classes, if all classes have a folder and were not found
  /// by number.
  private(set) var names: [String] = []
  /// What had to be assumed, and what is not known, a sentence each.
  private(set) var remarks: [String] = []

  /// What the parts of a data set are called, in lower case, between it and its class folders.
  private static let parts: Set<String> = [
    "train", "training", "trainset", "val", "valid", "validation", "valset", "test", "testing",
    "testset", "dev", "eval", "evaluation", "calib", "calibration", "images", "imgs", "img",
    "data", "dataset", "photos", "pictures",
  ]

  private let folders: [String]
  /// Folders without images, for the sentences.
  private let empty: [String]

  /// Folders by their sorted names; those without images are in `empty`. Nil for the classes if only
  /// the images matter.
  init(_ folders: [String], _ classes: NetworkClasses?, empty: [String]) {
    self.folders = folders
    self.empty = empty
    indices = [Int?](repeating: nil, count: folders.count)
    let labels = LabelIndex(classes?.labels ?? [])
    let found = folders.map { labels[$0] }
    let matched = found.filter { $0 != nil }.count
    let numbers = folders.compactMap(Self.number)
    if matched == folders.count {
      indices = found
      return
    }
    if numbers.count == folders.count {
      takeNumbers(numbers, classes)
      return
    }
    if matched > 0 {
      indices = found
      let unknown = zip(folders, found).filter { $0.1 == nil }.map(\.0)
      remarks = [
        "no label has the name of \(Self.list(unknown, "folder")), whose images count as of no "
          + "known class"
      ]
      return
    }
    let areParts = folders.allSatisfy { Self.parts.contains($0.lowercased()) }
    guard !areParts else {
      if classes == nil { return }
      remarks = [
        "\(Self.list(folders, "folder")): these are the names of parts of a data set and not of "
          + "classes, so the images count as of no known class; name one of the folders instead"
      ]
      return
    }
    guard let classes else {
      takeOrder()
      return
    }
    let hasLabels = !classes.labels.isEmpty
    guard folders.count == classes.count else {
      remarks = [
        "\(Self.list(folders, "class folder")) cannot be the network's \(classes.count) classes"
          + (hasLabels ? ", none of whose labels is such a name" : ", whose names it does not have")
          + emptyFolders + "; no accuracy is measured"
          + (hasLabels ? "" : ". --labels FILE gives the names of the classes")
      ]
      return
    }
    takeOrder()
    if hasLabels {
      remarks = [
        "none of the folders has the name of a label (\(Self.list(folders, "folder")) for classes "
          + "such as \(classes.labels[0])); the sorted names are taken in the order of the classes"
      ]
    }
  }

  private mutating func takeOrder() {
    indices = Array(folders.indices)
    names = folders
  }

  private mutating func takeNumbers(_ numbers: [Int], _ classes: NetworkClasses?) {
    if let classes, let least = numbers.min(), let greatest = numbers.max(),
      greatest >= classes.count
    {
      remarks = [
        "folders that are numbers give the class index, from 0 to \(classes.count - 1) for this "
          + "network, but they go from \(least) to \(greatest); no accuracy is measured"
      ]
      return
    }
    indices = numbers
    remarks = [classes?.doubt(indices)].compactMap { $0 }
  }

  private var emptyFolders: String {
    empty.isEmpty ? "" : " (\(Self.list(empty, "folder")) without images not counted)"
  }

  /// A folder's name as a number of a class.
  private static func number(_ name: String) -> Int? {
    guard (1...7).contains(name.utf8.count), name.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(name)
  }

  /// How many there are, and the first of their names.
  private static func list(_ names: [String], _ noun: String) -> String {
    let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
    return "\(ImageFolder.counted(names.count, noun)) (\(shown))"
  }
}
