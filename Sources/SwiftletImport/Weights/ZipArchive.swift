import SwiftletDigest

/// The directory of a zip file whose members are stored without compression.
///
/// Reads what `torch.save` writes: stored members, zip64 where needed. Where PyTorch was told not to
/// compute checksums, they are 0, and are not compared.
struct ZipArchive {
  /// The bytes of each member, by name.
  private var members = [FileName: Range<Int>]()
  /// The checksum of each member, by name; 0 where none was computed.
  private var checksums = [FileName: UInt32]()
  /// The names in the order of the directory.
  private(set) var names = [String]()
  /// Why members cannot be read as they are. The reader decides whether it matters, because the names
  /// alone can tell that the archive is something else.
  private var unreadable: [(name: String, problem: ZipProblem)] = []

  /// Why the first member that cannot be read as it is cannot, members of one folder aside.
  func unreadable(outside folder: String?) -> ZipProblem? {
    unreadable.first { entry in folder.map { !entry.name.hasPrefix($0) } ?? true }?.problem
  }

  /// The bytes of a member; nil if there is none of that name.
  subscript(name: String) -> Range<Int>? { members[FileName(name)] }

  /// Compares a member's checksum with its bytes.
  ///
  /// - Throws: `ZipProblem.checksum`.
  func verify(_ name: String, in file: FileBytes) throws(ZipProblem) {
    guard let range = self[name], let expected = checksums[FileName(name)], expected != 0 else {
      return
    }
    var crc = CRC32()
    file.forEachPiece(of: range) { crc.update($0) }
    if crc.value != expected { throw .checksum(name) }
  }

  /// Reads and checks the directory at the end of the file.
  init(_ file: FileBytes) throws(ZipProblem) {
    let directory = try Directory(file)
    guard directory.entryCount <= WeightLimits.zipEntries else {
      throw .tooManyEntries(directory.entryCount)
    }
    var position = directory.start
    for _ in 0..<directory.entryCount {
      let entry = try Entry(file, at: position, limit: directory.end)
      position = entry.next
      let range = try entry.dataRange(file, limit: directory.start)
      guard members.updateValue(range, forKey: FileName(entry.name)) == nil else {
        throw .duplicate(entry.name)
      }
      names.append(entry.name)
      checksums[FileName(entry.name)] = entry.checksum
      if let problem = entry.unreadable { unreadable.append((entry.name, problem)) }
    }
  }
}

/// Where the central directory lies.
private struct Directory {
  var start: Int
  var end: Int
  var entryCount: Int

  private init(start: Int, end: Int, entryCount: Int) {
    (self.start, self.end, self.entryCount) = (start, end, entryCount)
  }

  init(_ file: FileBytes) throws(ZipProblem) {
    // The end record has 22 bytes and a comment of up to 65535; the last signature counts.
    var position = file.count - 22
    let lowest = max(0, file.count - 22 - 0xFFFF)
    while position >= lowest, file.load(UInt32.self, at: position) != 0x0605_4B50 { position -= 1 }
    guard position >= lowest, position >= 0 else { throw .noDirectory }
    guard let count = file.load(UInt16.self, at: position + 10),
      let length = file.load(UInt32.self, at: position + 12),
      let offset = file.load(UInt32.self, at: position + 16)
    else { throw .noDirectory }
    if count == 0xFFFF || length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      self = try Self.wide(file, endRecord: position)
      return
    }
    guard let range = file.range(at: Int(offset), length: Int(length)), range.upperBound <= position
    else { throw .directoryOutside }
    self.init(start: range.lowerBound, end: range.upperBound, entryCount: Int(count))
  }

  /// Follows the zip64 locator, which stands right before the end record.
  private static func wide(_ file: FileBytes, endRecord: Int) throws(ZipProblem) -> Directory {
    let locator = endRecord - 20
    guard file.load(UInt32.self, at: locator) == 0x0706_4B50,
      let record = file.loadLength(at: locator + 8), record < locator,
      file.load(UInt32.self, at: record) == 0x0606_4B50,
      let entryCount = file.loadLength(at: record + 32),
      let length = file.loadLength(at: record + 40),
      let offset = file.loadLength(at: record + 48)
    else { throw .noDirectory }
    guard let range = file.range(at: offset, length: length), range.upperBound <= record else {
      throw .directoryOutside
    }
    return Directory(start: range.lowerBound, end: range.upperBound, entryCount: entryCount)
  }
}

/// One record of the central directory.
private struct Entry {
  let name: String
  let length: Int
  let headerOffset: Int
  /// CRC-32 of the bytes; 0 where it was not computed.
  let checksum: UInt32
  /// The reason if the member is compressed or encrypted.
  let unreadable: ZipProblem?
  /// Where the next record starts.
  let next: Int

  init(_ file: FileBytes, at position: Int, limit: Int) throws(ZipProblem) {
    guard let fixed = file.range(at: position, length: 46), fixed.upperBound <= limit,
      file.load(UInt32.self, at: position) == 0x0201_4B50,
      let flags = file.load(UInt16.self, at: position + 8),
      let method = file.load(UInt16.self, at: position + 10),
      let checksum = file.load(UInt32.self, at: position + 16),
      let storedLength = file.load(UInt32.self, at: position + 20),
      let fullLength = file.load(UInt32.self, at: position + 24),
      let nameLength = file.load(UInt16.self, at: position + 28),
      let extraLength = file.load(UInt16.self, at: position + 30),
      let commentLength = file.load(UInt16.self, at: position + 32),
      let offset = file.load(UInt32.self, at: position + 42)
    else { throw .directoryDamaged(at: position) }
    guard nameLength <= WeightLimits.nameLength else { throw .longName(length: Int(nameLength)) }
    let extraStart = fixed.upperBound + Int(nameLength)
    next = extraStart + Int(extraLength) + Int(commentLength)
    guard next <= limit, let name = file.text(fixed.upperBound..<extraStart) else {
      throw .directoryDamaged(at: position)
    }
    self.name = name
    self.checksum = checksum
    unreadable =
      flags & 1 != 0
      ? .encrypted(name) : method != 0 ? .compressed(name, method: Int(method)) : nil

    var wide = WideFields(file, range: extraStart..<(extraStart + Int(extraLength)))
    guard let full = wide.resolve(fullLength), let stored = wide.resolve(storedLength),
      let header = wide.resolve(offset), full == stored || unreadable != nil
    else { throw .directoryDamaged(at: position) }
    (length, headerOffset) = (stored, header)
  }

  /// The member's bytes: they follow the local header, whose name and extra field have own lengths.
  func dataRange(_ file: FileBytes, limit: Int) throws(ZipProblem) -> Range<Int> {
    guard let fixed = file.range(at: headerOffset, length: 30),
      file.load(UInt32.self, at: headerOffset) == 0x0403_4B50,
      let nameLength = file.load(UInt16.self, at: headerOffset + 26),
      let extraLength = file.load(UInt16.self, at: headerOffset + 28),
      let range = file.range(
        at: fixed.upperBound + Int(nameLength) + Int(extraLength), length: length),
      range.upperBound <= limit
    else { throw .memberOutside(name) }
    return range
  }
}

/// The 64-bit values of a zip64 extra field, taken in order by the fields that are all ones.
private struct WideFields {
  private let file: FileBytes
  private var position = 0
  private var end = 0

  init(_ file: FileBytes, range: Range<Int>) {
    self.file = file
    var field = range.lowerBound
    while field + 4 <= range.upperBound, let id = file.load(UInt16.self, at: field),
      let length = file.load(UInt16.self, at: field + 2)
    {
      let next = field + 4 + Int(length)
      guard next <= range.upperBound else { return }
      if id == 1 {
        (position, end) = (field + 4, next)
        return
      }
      field = next
    }
  }

  mutating func resolve(_ value: UInt32) -> Int? {
    guard value == 0xFFFF_FFFF else { return Int(value) }
    guard position + 8 <= end else { return nil }
    defer { position += 8 }
    return file.loadLength(at: position)
  }
}

/// What is wrong with a zip file.
public enum ZipProblem: Error, Equatable, Sendable {
  /// There is no directory at the end.
  case noDirectory
  /// The directory does not lie inside the file.
  case directoryOutside
  /// A record of the directory is wrong; its offset in the file.
  case directoryDamaged(at: Int)
  /// More members than any weight file has.
  case tooManyEntries(Int)
  /// A name longer than any member's; its bytes.
  case longName(length: Int)
  /// Two members of one name.
  case duplicate(String)
  /// A member is compressed.
  case compressed(String, method: Int)
  /// A member is encrypted.
  case encrypted(String)
  /// A member's bytes are not those that its checksum was computed of.
  case checksum(String)
  /// A member's bytes do not lie inside the file.
  case memberOutside(String)
}

extension ZipProblem: CustomStringConvertible {
  /// The problem as a clause, to stand after the name of the file or tensor.
  public var description: String {
    switch self {
    case .noDirectory: "it has no zip directory at its end, so it is probably cut short"
    case .directoryOutside: "its zip directory does not lie inside the file"
    case .directoryDamaged(let at): "the record of its zip directory at byte \(at) is damaged"
    case .tooManyEntries(let count):
      "its directory lists \(count) files, more than the \(WeightLimits.zipEntries) allowed"
    case .longName(let length):
      "it holds a file whose name has \(length) bytes, more than the \(WeightLimits.nameLength) allowed"
    case .duplicate(let name): "it holds \(quoted(name)) twice"
    case .compressed(let name, let method):
      "\(quoted(name)) is compressed (method \(method)), expected stored as torch.save writes it"
    case .encrypted(let name): "\(quoted(name)) is encrypted"
    case .checksum(let name):
      "the bytes of \(quoted(name)) are damaged: their checksum is another one; copy the file again"
    case .memberOutside(let name): "the bytes of \(quoted(name)) do not lie inside the file"
    }
  }
}
