/// `manual` and `completions`: what an installed program brings with it, made of the descriptions of
/// the commands, so that it cannot fall behind them.
struct DocumentationCommands {
  let program: ProgramDescription
  /// The commands of the program without these two.
  let commands: [CommandDescription]

  /// The two, in the order of the help.
  var all: [Command] {
    let described = commands + [manual, completions]
    return [
      Command(manual) { [program] arguments, console in
        let date = try arguments[Self.date] ?? System.today()
        console.print(ManualPage(program: program, commands: described, date: date).text)
        return ExitStatus.done
      },
      Command(completions) { [program] arguments, console in
        guard arguments.operands[0] == "bash" else {
          throw UsageError(
            "completions are made for bash only, not for '\(arguments.operands[0])'")
        }
        console.print(BashCompletion(program: program.name, commands: described).text)
        return ExitStatus.done
      },
    ]
  }

  /// What the help does not list: it is for those who write the documentation.
  var hidden: [Command] {
    let reference = CommandDescription(
      name: "reference", summary: "print the command reference in Markdown",
      operands: [], options: [],
      details: [
        """
        Prints all that --help says of every command, and what only the reference says: more about
        options, and the members of the objects that --json prints.
        """
      ],
      examples: [
        .init("\(program.name) reference > CommandReference.md", "Writes the page.")
      ])
    let described = commands + [manual, completions]
    return [
      Command(reference) { [program] _, console in
        console.print(CommandReference(program: program, commands: described).text)
        return ExitStatus.done
      }
    ]
  }

  private static let date = Option(
    "--date", value: "YYYY-MM-DD", "the date in the foot of the page (default: today)"
  ) { (text) throws(UsageError) in try checkedDate(text) }

  private var manual: CommandDescription {
    CommandDescription(
      name: "manual", summary: "print the manual page",
      operands: [],
      options: [Self.date],
      details: [
        """
        Prints the page of \(program.name) in the form that 'man' reads: all that --help says of
        every command, exit statuses and examples.
        """
      ],
      examples: [
        .init("\(program.name) manual | man -l -", "The page, where none is installed."),
        .init(
          "\(program.name) manual > ~/.local/share/man/man1/\(program.name).1",
          "Installs it for one user."),
      ])
  }

  private var completions: CommandDescription {
    CommandDescription(
      name: "completions", summary: "print a script that completes command lines",
      operands: ["bash"], options: [],
      details: [
        """
        Prints a script for bash that completes commands, options, the words that options take and
        the files that they and the commands expect. The Debian package installs it.
        """
      ],
      examples: [
        .init("source <(\(program.name) completions bash)", "For this shell."),
        .init(
          "\(program.name) completions bash > "
            + "~/.local/share/bash-completion/completions/\(program.name)",
          "For every shell of one user that has bash-completion."),
      ])
  }
}

/// The text, if it has the form of a date.
private func checkedDate(_ text: String) throws(UsageError) -> String {
  let parts = text.split(separator: "-", omittingEmptySubsequences: false)
  let isDate =
    parts.map(\.utf8.count) == [4, 2, 2]
    && parts.allSatisfy {
      $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
    && (1...12).contains(Int(parts[1]) ?? 0) && (1...31).contains(Int(parts[2]) ?? 0)
  guard isDate else { throw UsageError("--date takes YYYY-MM-DD, not '\(text)'") }
  return text
}
