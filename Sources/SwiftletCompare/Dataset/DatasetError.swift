/// Why a dataset cannot be read.
public enum DatasetError: Error, Equatable {
  /// Nothing is there, or it may not be read.
  case unreadable(path: String, reason: String)
  /// A file that is not a CSV by its name.
  case notCSV(path: String)
  /// A folder without an image in it or below it.
  case noImages(path: String)
  /// A folder all of whose images are in formats that are not read; which, for people.
  case foreignImages(path: String, found: String)
  /// A CSV with a header at most.
  case noRows(path: String)
  /// Wrong quoting, class or number of fields in a line of a CSV.
  case badLine(path: String, line: Int, problem: String)
}

extension DatasetError: CustomStringConvertible {
  /// One sentence without a full stop.
  public var description: String {
    let formats = ImageFileName.extensions.joined(separator: ", ")
    switch self {
    case .unreadable(let path, let reason):
      return "\(path): \(reason)"
    case .notCSV(let path):
      return "\(path): expected a folder of images or a .csv file, found another kind of file"
    case .noImages(let path):
      return "\(path): expected images (\(formats)) in it or in one folder per class, found none"
    case .foreignImages(let path, let found):
      return "\(path): expected images (\(formats)), found only formats that are not read: \(found)"
    case .noRows(let path):
      return "\(path): expected a header line and then one image a line, found no image"
    case .badLine(let path, let line, let problem):
      return "\(path), line \(line): \(problem)"
    }
  }
}
