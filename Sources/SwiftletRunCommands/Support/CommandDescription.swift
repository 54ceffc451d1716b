/// Words on the command line that are wrong; the message says what to do instead.
public struct UsageError: Error, Equatable {
  /// What is wrong and what to do, in one sentence.
  public let message: String

  /// Makes an error from its sentence.
  public init(_ message: String) {
    self.message = message
  }
}

/// What the process returns.
public enum ExitStatus {
  /// Everything was done.
  public static let done: Int32 = 0
  /// The work failed: a bad file, a bad image, a mismatch.
  public static let failed: Int32 = 1
  /// The words on the command line are wrong.
  public static let usage: Int32 = 2

  /// A signal stopped a stream before its end: what a shell says of a program that a signal ended.
  static func stopped(by signal: Int32) -> Int32 { 128 + signal }

  /// Each with what it means, for the help.
  static let meanings = [
    (done, "all was done"),
    (failed, "the work failed (a bad file, a bad image, a mismatch)"),
    (usage, "the words on the command line are wrong"),
  ]
}

/// What a command is called, takes and does: enough to parse its arguments and to write its help.
public struct CommandDescription: Sendable {
  /// An example line and what it does.
  public struct Example: Sendable {
    /// What to type.
    public let line: String
    /// What it does, as one sentence.
    public let explanation: String

    /// An example from its line and explanation.
    public init(_ line: String, _ explanation: String) {
      self.line = line
      self.explanation = explanation
    }
  }

  /// The word after `swiftlet`.
  public let name: String
  /// What it does, in one line without a full stop.
  public let summary: String
  /// The words after the options, for example `BUNDLE`, `IMAGE…`. One that ends in `…` takes any
  /// number of words, none included.
  public let operands: [String]
  /// The options that must be given, as they stand in the usage line.
  public let required: String
  /// What may be given with dashes; `--help` is always the last.
  public let options: [OptionDescription]
  /// Paragraphs for the help.
  public let details: [String]
  /// Lines to copy from the help.
  public let examples: [Example]
  /// What only the command reference says, made when it is asked for: every start of the program
  /// describes all commands.
  public var reference: ReferenceText { makeReference() }
  private let makeReference: @Sendable () -> ReferenceText

  /// Describes a command and adds `--help`.
  public init(
    name: String, summary: String, operands: [String], required: String = "",
    options: [any DeclaredOption], details: [String], examples: [Example],
    reference: @autoclosure @escaping @Sendable () -> ReferenceText = ReferenceText()
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.required = required
    self.options = (options + [Self.helpOption]).map(\.description)
    self.details = details
    self.examples = examples
    makeReference = reference
  }

  /// `--help`, which every command has.
  static let helpOption = Option("--help", short: "-h", "print this help and stop")

  /// The text of `--help`.
  public var help: String {
    var lines = ["swiftlet \(name): \(summary)", "", usage, ""]
    for paragraph in details {
      lines.append(contentsOf: [paragraph, ""])
    }
    lines.append("Options:")
    let forms = options.map { option in
      (option.short.map { "\($0), " } ?? "") + option.name + (option.value.map { " \($0)" } ?? "")
    }
    let width = forms.map(\.count).max() ?? 0
    for (form, option) in zip(forms, options) {
      let wrapped = Text.wrapped(option.help, 96 - width)
      for (index, line) in wrapped.enumerated() {
        lines.append("  \(Text.left(index == 0 ? form : "", width))  \(line)")
      }
    }
    lines.append(contentsOf: ["", "Examples:"])
    for example in examples {
      lines.append("  \(example.line)")
      lines.append("      \(example.explanation)")
    }
    return lines.joined(separator: "\n")
  }

  /// The first line of the help.
  public var usage: String {
    let words = ["swiftlet", name] + operands + (required.isEmpty ? [] : [required])
    return "Usage: \(words.joined(separator: " ")) [options]"
  }
}
