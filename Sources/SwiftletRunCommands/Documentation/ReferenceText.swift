/// What the command reference says of a command beyond its help, in Markdown.
public struct ReferenceText: Sendable {
  /// Paragraphs, lists and tables, each without empty lines inside.
  public let paragraphs: [String]
  /// What `--json` prints.
  public let outputs: [JSONOutput]

  /// A text from its parts.
  public init(_ paragraphs: [String] = [], outputs: [JSONOutput] = []) {
    self.paragraphs = paragraphs
    self.outputs = outputs
  }
}

/// An object that a command prints with `--json`.
public struct JSONOutput: Sendable {
  /// When it is printed, as a sentence that ends in a colon.
  public let occasion: String
  /// Its members.
  public let fields: [JSONField]

  /// An object from its members, the only one that the command prints.
  public init(_ fields: [JSONField]) {
    self.init("With `--json`, one object:", fields)
  }

  /// An object from its members, and when it is printed.
  public init(_ occasion: String, _ fields: [JSONField]) {
    self.occasion = occasion
    self.fields = fields
  }
}

/// A member of an object that a command prints.
public struct JSONField: Sendable {
  /// The member's name.
  public let name: String
  /// What it is, in Markdown, without a full stop.
  public let meaning: String
  /// The members of the object that it is, or of each object of the list that it is.
  public let members: [JSONField]

  /// A member from its name and meaning.
  public init(_ name: String, _ meaning: String, _ members: [JSONField] = []) {
    self.name = name
    self.meaning = meaning
    self.members = members
  }
}
