/// The manual page of a program, in the man(7) macros, made of its commands' own descriptions.
struct ManualPage {
  let program: ProgramDescription
  let commands: [CommandDescription]
  /// Stands in the foot of the page, `YYYY-MM-DD`.
  let date: String

  /// The whole page, without a line end after the last line.
  var text: String {
    var lines = [
      ".TH \(Roff.quoted(program.name.uppercased())) 1 \(date) "
        + "\(Roff.quoted("\(program.name) \(Version.current)")) \(Roff.quoted("User Commands"))",
      ".SH NAME", "\(program.name) \\- \(Roff.text(program.summary))",
      ".SH SYNOPSIS", ".nf",
    ]
    lines += commands.map(usage)
    lines += [".fi", ".SH DESCRIPTION"]
    lines += paragraphs(program.details + [ProgramDescription.wordsRule])
    lines.append(".SH COMMANDS")
    for command in commands { lines += section(command) }
    lines.append(".SH EXIT STATUS")
    for (status, meaning) in ExitStatus.meanings {
      lines += [".TP", Roff.bold("\(status)"), Roff.text(meaning)]
    }
    lines.append(".SH EXAMPLES")
    for command in commands where !command.examples.isEmpty {
      lines.append(".SS " + command.name)
      let examples = command.examples.map { example in
        [
          Roff.text(renamed(example.explanation)), ".PP", ".RS 4", ".nf",
          Roff.literal(renamed(example.line)), ".fi", ".RE",
        ]
      }
      lines += examples.joined(separator: [".PP"])
    }
    lines += [".SH SEE ALSO", ".BR cmp (1)"]
    return lines.joined(separator: "\n")
  }

  /// A command's usage, its paragraphs and its options.
  private func section(_ command: CommandDescription) -> [String] {
    var lines = [
      ".SS " + Roff.quoted("\(command.name): \(command.summary)"), ".nf", usage(command), ".fi",
    ]
    lines += command.details.flatMap { [".PP", Roff.text(renamed($0))] }
    for option in command.options {
      let names = [option.short, option.name].compactMap { $0 }.map(Roff.bold)
      let value = option.value.map { " " + Roff.placeholder($0) } ?? ""
      lines += [".TP", names.joined(separator: ", ") + value, Roff.text(renamed(option.help))]
    }
    return lines
  }

  private func usage(_ command: CommandDescription) -> String {
    var words = [Roff.bold(program.name), Roff.bold(command.name)]
    words += command.operands.map(Roff.placeholder)
    words += command.required.split(separator: " ").map {
      $0.hasPrefix("-") ? Roff.bold(String($0)) : Roff.placeholder(String($0))
    }
    return words.joined(separator: " ") + " [" + Roff.placeholder("options") + "]"
  }

  private func paragraphs(_ texts: [String]) -> [String] {
    Array(texts.map { [Roff.text($0)] }.joined(separator: [".PP"]))
  }

  /// A text in which commands are called as this program's.
  private func renamed(_ text: String) -> String {
    guard program.name != "swiftlet" else { return text }
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    var result = words
    for (index, word) in words.enumerated().dropLast() where word.hasSuffix("swiftlet") {
      // In a sentence there may be quotation marks before and any mark behind: 'swiftlet verify'.
      let next = words[index + 1].prefix { $0.isLetter }
      let start = word.dropLast("swiftlet".count)
      guard start.last.map({ "'(\n".contains($0) }) ?? true,
        commands.contains(where: { $0.name == next })
      else { continue }
      result[index] = start + program.name
    }
    return result.joined(separator: " ")
  }
}
