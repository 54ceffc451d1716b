/// Work that failed; the message names the file, the layer or tensor, what was expected and found.
public struct WorkFailure: Error, Equatable {
  /// One sentence without a full stop.
  public let message: String

  /// Makes a failure from its sentence.
  public init(_ message: String) {
    self.message = message
  }
}

/// A command: its words and its work.
public struct Command: Sendable {
  /// What it takes, for parsing and for help.
  public let description: CommandDescription
  private let body: @Sendable (Arguments, Console) throws -> Int32

  /// Joins a description with the work, which returns the exit status.
  public init(
    _ description: CommandDescription,
    _ body: @escaping @Sendable (Arguments, Console) throws -> Int32
  ) {
    self.description = description
    self.body = body
  }

  /// Parses the words after the command's name and does the work. Errors become messages.
  public func execute(_ words: [String], _ console: Console) -> Int32 {
    do {
      let arguments = try Arguments(words, for: description)
      if arguments.has(CommandDescription.helpOption) {
        console.print(description.help)
        return ExitStatus.done
      }
      return try body(arguments, console)
    } catch let error as UsageError {
      console.error(error.message)
      return ExitStatus.usage
    } catch let error as WorkFailure {
      console.error(error.message)
      return ExitStatus.failed
    } catch {
      console.error("\(error)")
      return ExitStatus.failed
    }
  }
}

/// A program made of commands.
public struct CommandLineTool: Sendable {
  /// What the program is called and for.
  public let program: ProgramDescription
  /// In the order of the help; `manual` and `completions` are always the last.
  public let commands: [Command]
  /// Commands that neither the help nor the manual lists.
  private let hidden: [Command]

  /// A program with these commands and those that describe it.
  public init(_ commands: [Command], program: ProgramDescription = .swiftlet) {
    self.program = program
    let descriptions = commands.map(\.description)
    let documentation = DocumentationCommands(program: program, commands: descriptions)
    self.commands = commands + documentation.all
    hidden = documentation.hidden
  }

  /// Executes what the process was started with. A word that is not UTF-8 is refused: Swift would mend
  /// it, and a path would lead to another file.
  public func executeCommandLine(_ console: Console) -> Int32 {
    var words: [String] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let word = CommandLine.unsafeArgv[index] else { break }
      guard let text = String(validatingCString: word) else {
        console.error(
          "word \(index) of the command line is not UTF-8: '\(String(cString: word))'; give the file "
            + "or folder another name, or a link that has one")
        return ExitStatus.usage
      }
      words.append(text)
    }
    return execute(words, console)
  }

  /// Finds the command that the first word names, and executes it with the rest. Returns the
  /// exit status.
  public func execute(_ words: [String], _ console: Console) -> Int32 {
    guard let first = words.first else {
      console.error("a command is missing: \(names). 'swiftlet --help' explains them")
      return ExitStatus.usage
    }
    switch first {
    case "--help", "-h", "help":
      return help(Array(words.dropFirst()), console)
    case "--version":
      console.print("swiftlet \(Version.current)")
      return ExitStatus.done
    default:
      guard let command = command(first, console) else { return ExitStatus.usage }
      return command.execute(Array(words.dropFirst()), console)
    }
  }

  private func help(_ words: [String], _ console: Console) -> Int32 {
    guard let name = words.first else {
      console.print(overview)
      return ExitStatus.done
    }
    guard let command = command(name, console) else { return ExitStatus.usage }
    console.print(command.description.help)
    return ExitStatus.done
  }

  private func command(_ name: String, _ console: Console) -> Command? {
    if let command = (commands + hidden).first(where: { $0.description.name == name }) {
      return command
    }
    let kind = name.hasPrefix("-") ? "option" : "command"
    let near = Nearest.matches(name, in: commands.map(\.description.name), limit: 1).first
    let hint = near.map { "did you mean \($0)?" } ?? "the commands are \(names)"
    console.error("there is no \(kind) '\(name)'; \(hint)")
    return nil
  }

  private var names: String { Text.list(commands.map(\.description.name), "and") }

  /// The text of `swiftlet --help`.
  private var overview: String {
    let width = commands.map(\.description.name.count).max() ?? 0
    let lines = commands.map {
      "  \(Text.left($0.description.name, width))  \($0.description.summary)"
    }
    let statuses = ExitStatus.meanings.map { "\($0) when \($1)" }.joined(separator: ", ")
    let ending = Text.wrapped(
      "'\(program.name) COMMAND --help' explains a command with examples; "
        + "'\(program.name) --version' prints the version. The exit status is \(statuses).", 96)
    return """
      \(program.name): \(program.summary)

      Usage: \(program.name) COMMAND …

      Commands:
      \(lines.joined(separator: "\n"))

      \(ending.joined(separator: "\n"))
      """
  }
}

/// The version of the programs, also written into bundles.
public enum Version {
  /// Major, minor, patch.
  public static let current = "0.1.0"
}
