import SwiftletPlatform

/// Which class each row of a table of images says.
///
/// The class is an index in all rows that have one, or the name of a class in all; the first decides.
/// Names are looked up among the network's labels. Without labels the sorted names are taken in the
/// order of the classes if there are as many, with a remark; if nobody knows the network, they say
/// nothing.
struct TableClasses {
  /// A class that is none of the network's, on a line from 1.
  struct Problem: Error {
    let line: Int
    let text: String
  }

  /// Indices at and above this are a mistake in any network.
  private static let maximumIndex = 1 << 20

  private enum Meaning {
    case number
    /// The name of a class that these have.
    case label(LabelIndex, first: String)
    /// One of these names in sorted order.
    case place([[UInt8]: Int])
    /// A name of an unknown network's class.
    case nothing
  }

  private let meaning: Meaning
  /// What had to be assumed, a sentence each.
  let remarks: [String]

  /// Finds out what the classes of `rows`, with their lines, mean. They are gone through twice at most.
  ///
  /// - Throws: `Problem` for names that nothing is known of.
  init(
    _ rows: some Sequence<(Int, String)>, _ classes: NetworkClasses?
  ) throws(Problem) {
    guard let (line, first) = rows.first(where: { !$0.1.isEmpty }), !Self.isNumber(first) else {
      (meaning, remarks) = (.number, [])
      return
    }
    guard let classes else {
      (meaning, remarks) = (.nothing, [])
      return
    }
    if let label = classes.labels.first {
      (meaning, remarks) = (.label(LabelIndex(classes.labels), first: label), [])
      return
    }
    var distinct: Set<[UInt8]> = []
    for (_, name) in rows where !name.isEmpty {
      distinct.insert(Array(name.utf8))
      if distinct.count > classes.count { break }
    }
    guard distinct.count == classes.count else {
      throw Problem(
        line: line,
        text: "expected a class index from 0 to \(classes.count - 1), since the names of the "
          + "classes are not known (--labels FILE gives them), found '\(ShownText.name(first))'")
    }
    let names = distinct.sorted { $0.lexicographicallyPrecedes($1) }
    let shown = names.prefix(3).map { String(decoding: $0, as: UTF8.self) }
    meaning = .place(Dictionary(uniqueKeysWithValues: zip(names, names.indices)))
    remarks = [
      "the names of the network's classes are not known; the table's \(names.count) names are taken "
        + "in their sorted order (\(shown.joined(separator: ", ")), …)"
    ]
  }

  /// The class that a row says; nil if it says none.
  ///
  /// - Throws: `Problem` for a class that is none of the network's.
  func index(_ text: String, line: Int) throws(Problem) -> Int? {
    if text.isEmpty { return nil }
    switch meaning {
    case .number:
      guard let index = Int(text), (0..<Self.maximumIndex).contains(index) else {
        throw Problem(
          line: line, text: "expected a class index from 0 on, found '\(ShownText.name(text))'")
      }
      return index
    case .label(let labels, let first):
      guard let index = labels[text] else {
        throw Problem(
          line: line,
          text: "expected a class by its label, such as '\(first)', or by its index in all lines, "
            + "found '\(ShownText.name(text))'")
      }
      return index
    case .place(let places): return places[Array(text.utf8)]
    case .nothing: return nil
    }
  }

  /// Whether a field is a number, be it a class's or not: `-1` and `1.5` are no names.
  private static func isNumber(_ text: String) -> Bool {
    var digits = text.utf8[...]
    if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") {
      digits = digits.dropFirst()
    }
    return digits.contains { (0x30...0x39).contains($0) }
      && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }
}
