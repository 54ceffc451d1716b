/// An option of a command, declared once: how it is written, what its help says, and how its value is
/// read.
///
/// ```swift
/// let runs = Option("--runs", value: "N", in: 1...1_000_000, "how many runs to time")
/// …
/// let count = try arguments[runs]  // Int?
/// ```
public struct Option<Value: Sendable>: DeclaredOption {
  /// What stands in the help.
  public private(set) var description: OptionDescription
  /// Makes the value of the texts that were given; of nothing when the option was not.
  let read: @Sendable ([String]?) throws(UsageError) -> Value

  init(
    _ description: OptionDescription,
    read: @escaping @Sendable ([String]?) throws(UsageError) -> Value
  ) {
    self.description = description
    self.read = read
  }

  /// The same option, of which the command reference says `markdown` instead of the line of its help.
  public func reference(_ markdown: String) -> Option {
    var option = self
    option.description.reference = markdown
    return option
  }
}

/// An option of any type, as a command's description lists it.
public protocol DeclaredOption: Sendable {
  /// What stands in the help.
  var description: OptionDescription { get }
}

/// What the help says of an option.
public struct OptionDescription: Sendable {
  /// With its dashes, for example `--top`.
  public let name: String
  /// A one-letter form, for example `-o`.
  public let short: String?
  /// What stands for the value in the help, or nil for a flag.
  public let value: String?
  /// One line for the help.
  public let help: String
  /// Whether it may be given several times.
  public let repeats: Bool
  /// All words that it takes, if they can be listed.
  public let words: [String]
  /// Whether other words are wrong: which words there are does not depend on the machine.
  public let isFixed: Bool
  /// The numbers that it takes, if it takes whole numbers.
  public let range: ClosedRange<Int>?
  /// What the command reference says instead of `help`, in Markdown; nil where that is all.
  public internal(set) var reference: String?

  init(
    _ name: String, short: String? = nil, value: String? = nil, words: [String] = [],
    isFixed: Bool = false, range: ClosedRange<Int>? = nil, repeats: Bool = false, help: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.repeats = repeats
    self.words = words
    self.isFixed = isFixed
    self.range = range
    self.help = help
  }
}

extension Option where Value == Bool {
  /// A flag, which takes no value.
  public init(_ name: String, short: String? = nil, _ help: String) {
    self.init(OptionDescription(name, short: short, help: help)) { texts in texts != nil }
  }
}

extension Option where Value == String? {
  /// A text. `offers` are words that are offered for it, though others may be given.
  public init(
    _ name: String, short: String? = nil, value: String, offers: [String] = [], _ help: String
  ) {
    self.init(
      OptionDescription(name, short: short, value: value, words: offers, help: help)
    ) { texts in texts?.last }
  }
}

extension Option where Value == [String] {
  /// A text that may be given several times.
  public init(_ name: String, repeated value: String, _ help: String) {
    self.init(OptionDescription(name, value: value, repeats: true, help: help)) { texts in
      texts ?? []
    }
  }
}

extension Option {
  /// A value that `parse` makes of a text.
  ///
  /// - Parameters:
  ///   - name: with its dashes.
  ///   - value: what stands for the value in the help.
  ///   - words: all words that it takes, if they can be listed.
  ///   - help: one line.
  ///   - parse: makes the value, or throws what is wrong with the text.
  public init<Parsed>(
    _ name: String, value: String, words: [String] = [], _ help: String,
    parse: @escaping @Sendable (String) throws(UsageError) -> Parsed
  ) where Value == Parsed? {
    self.init(
      OptionDescription(
        name, value: value, words: words, isFixed: !words.isEmpty, help: help)
    ) { (texts) throws(UsageError) in
      guard let text = texts?.last else { return nil }
      return try parse(text)
    }
  }

  /// One of several words, each with what it means.
  public init<Meaning: Sendable>(
    _ name: String, value: String, choices: [(word: String, meaning: Meaning)], _ help: String
  ) where Value == Meaning? {
    let words = choices.map(\.word)
    self.init(name, value: value, words: words, help) { (text) throws(UsageError) in
      guard let choice = choices.first(where: { $0.word == text }) else {
        throw UsageError("\(name) takes \(Text.list(words)), not '\(text)'")
      }
      return choice.meaning
    }
  }

  /// One of several words, which are the cases' own.
  public init<Case: RawRepresentable<String> & Sendable>(
    _ name: String, value: String, choices: [Case], _ help: String
  ) where Value == Case? {
    self.init(
      name, value: value, choices: choices.map { (word: $0.rawValue, meaning: $0) }, help)
  }
}
