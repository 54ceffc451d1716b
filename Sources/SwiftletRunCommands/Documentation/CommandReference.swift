/// The reference of a program's commands in Markdown, made of their own descriptions: what the help
/// says, and what only the reference has room for.
struct CommandReference {
  let program: ProgramDescription
  let commands: [CommandDescription]

  /// The whole page, without a line end after the last line.
  var text: String {
    var parts = [
      "# Command reference",
      "Every command of `\(program.name)`, with its options, and what it prints with `--json`.",
      "## How commands are read",
      """
      Options may stand anywhere after the command; `--option value` and `--option=value` are the same;
      `--` ends options. Messages go to standard error.
      """,
      """
      `\(program.name) COMMAND --help` prints the help of a command, `\(program.name) --help` a line \
      for each, and `\(program.name) --version` the version.
      """,
    ]
    parts += program.reference
    parts.append("The exit status is:")
    let statuses = ExitStatus.meanings.map { "| \($0) | \(Markdown.text($1)) |" }
    parts.append(table(["Status", "Meaning"], statuses))
    for command in commands { parts += section(command) }
    return parts.joined(separator: "\n\n")
  }

  private func section(_ command: CommandDescription) -> [String] {
    let words =
      [program.name, command.name] + command.operands
      + (command.required.isEmpty ? [] : [command.required]) + ["[options]"]
    var parts = [
      "## \(program.name) \(command.name)",
      Markdown.text(command.summary.prefix(1).uppercased() + command.summary.dropFirst()) + ".",
      Markdown.block([words.joined(separator: " ")]),
    ]
    parts += command.details.map(Markdown.text)
    parts += command.reference.paragraphs
    parts.append(table(["Option", "Values", "Meaning"], command.options.map(row)))
    for output in command.reference.outputs {
      parts += [output.occasion, list(output.fields, depth: 0).joined(separator: "\n")]
    }
    for example in command.examples {
      parts += [
        Markdown.text(example.explanation),
        Markdown.block(example.line.split(separator: "\n").map(String.init), language: "sh"),
      ]
    }
    return parts
  }

  private func row(_ option: OptionDescription) -> String {
    let names = [option.short, option.name].compactMap { $0 }.joined(separator: ", ")
    let form = Markdown.code(names + (option.value.map { " \($0)" } ?? ""))
    let meaning =
      (option.reference ?? Markdown.text(option.help)) + (option.repeats ? "; may be repeated" : "")
    return "| \(Markdown.cell(form)) | \(values(option)) | \(meaning) |"
  }

  /// The words or numbers that an option takes.
  private func values(_ option: OptionDescription) -> String {
    if option.isFixed { return option.words.map(Markdown.code).joined(separator: ", ") }
    guard let range = option.range else { return "" }
    return range.upperBound == Int.max
      ? "at least \(range.lowerBound)"
      : "\(Text.grouped(range.lowerBound)) to \(Text.grouped(range.upperBound))"
  }

  private func table(_ heading: [String], _ rows: [String]) -> String {
    let line = heading.map { _ in " --- |" }.joined()
    return (["| \(heading.joined(separator: " | ")) |", "|" + line] + rows)
      .joined(separator: "\n")
  }

  private func list(_ fields: [JSONField], depth: Int) -> [String] {
    fields.flatMap { field in
      [
        String(repeating: "  ", count: depth) + "- `\(field.name)`: \(field.meaning)"
          + (field.members.isEmpty ? "" : ":")
      ] + list(field.members, depth: depth + 1)
    }
  }
}
