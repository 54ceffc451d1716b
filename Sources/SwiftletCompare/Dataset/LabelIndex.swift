/// Finds the class that a name means.
///
/// A name is compared with the whole label first. Then without regard to case, and with hyphens and
/// underscores as spaces: with the whole label, and with each of the synonyms that ImageNet's lists
/// have, which are separated by commas behind an optional synset number (`n01440764 tench, Tinca
/// tinca`). What fits two classes fits none. Bytes are compared, so that no name takes long.
struct LabelIndex {
  private typealias Key = [UInt8]

  private var exact: [Key: Int?] = [:]
  private var loose: [Key: Int?] = [:]

  init(_ labels: [String]) {
    for (index, label) in labels.enumerated() {
      Self.add(Key(label.utf8), index, to: &exact)
      for key in Self.keys(label) { Self.add(key, index, to: &loose) }
    }
  }

  /// The class that `name` means; nil if there is none, or no single one.
  subscript(name: String) -> Int? {
    if let found = exact[Key(name.utf8)] { return found }
    return loose[Self.key(Key(name.lowercased().utf8)[...])] ?? nil
  }

  private static func add(_ key: Key, _ index: Int, to map: inout [Key: Int?]) {
    if let known = map[key], known != index {
      map[key] = .some(nil)
    } else {
      map[key] = index
    }
  }

  private static func keys(_ label: String) -> Set<Key> {
    let text = Key(label.lowercased().utf8)
    var keys: Set<Key> = [key(text[...])]
    var names = text[...]
    if let space = text.firstIndex(of: UInt8(ascii: " ")), isSynset(text[..<space]) {
      keys.insert(key(text[..<space]))
      names = text[(space + 1)...]
    }
    for name in names.split(separator: UInt8(ascii: ",")) { keys.insert(key(name)) }
    keys.remove([])
    return keys
  }

  /// Whether a word is a number of WordNet, such as n01440764.
  private static func isSynset(_ word: ArraySlice<UInt8>) -> Bool {
    word.count == 9 && word.first == UInt8(ascii: "n")
      && word.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }

  /// A text in lower case with one space between its words.
  private static func key(_ text: ArraySlice<UInt8>) -> Key {
    let words = text.split {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
    return Key(words.joined(separator: [UInt8(ascii: " ")]))
  }
}
