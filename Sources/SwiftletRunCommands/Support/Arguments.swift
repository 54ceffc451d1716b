/// A command's arguments, sorted into operands and options.
public struct Arguments: Sendable {
  /// The words that are no options, in order.
  public private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]

  private let declared: [OptionDescription]

  /// Whether an option was given.
  public func has(_ option: some DeclaredOption) -> Bool {
    values[declaredName(option.description)] != nil
  }

  /// The value of an option. The command must declare it.
  ///
  /// - Throws: what is wrong with the text that was given.
  public subscript<Value>(option: Option<Value>) -> Value {
    get throws(UsageError) { try option.read(values[declaredName(option.description)]) }
  }

  /// The option's name, once it is known that the command declares it: one that is not declared
  /// could never be given, and reading it would silently give nothing.
  private func declaredName(_ option: OptionDescription) -> String {
    precondition(
      declared.contains { $0.name == option.name }, "the command does not declare \(option.name)")
    return option.name
  }

  /// Reads the words after the command's name.
  ///
  /// `--option value`, `--option=value`, `-o value`, flags, and `--` before operands that start with
  /// a dash. Operands are counted, unless help is asked for.
  public init(_ words: [String], for command: CommandDescription) throws(UsageError) {
    declared = command.options
    var rest = words[...]
    var onlyOperands = false
    while let word = rest.popFirst() {
      if onlyOperands || word == "-" || !word.hasPrefix("-") {
        operands.append(word)
        continue
      }
      if word == "--" {
        onlyOperands = true
        continue
      }
      try readOption(word, &rest, command)
    }
    if !has(CommandDescription.helpOption) { try checkOperands(command) }
  }

  private mutating func readOption(
    _ word: String, _ rest: inout ArraySlice<String>, _ command: CommandDescription
  ) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = command.options.first(where: { $0.name == name || $0.short == name }) else {
      let known = command.options.map(\.name)
      let near = Nearest.matches(name, in: known, limit: 1).first
      let hint =
        near.map { "did you mean \($0)?" } ?? "'swiftlet \(command.name) --help' lists the options"
      throw UsageError("\(command.name) has no option \(name); \(hint)")
    }
    if values[option.name] != nil && !option.repeats {
      throw UsageError("\(option.name) is given twice; give it once")
    }
    guard let placeholder = option.value else {
      if parts.count > 1 {
        throw UsageError("\(option.name) takes no value; write just \(option.name)")
      }
      values[option.name] = []
      return
    }
    let value: String
    if parts.count > 1 {
      value = String(parts[1])
    } else if let next = rest.first, !Arguments.isOption(next, command) {
      value = next
      rest.removeFirst()
    } else {
      throw UsageError("\(option.name) needs a value: \(option.name) \(placeholder)")
    }
    guard !value.isEmpty else {
      throw UsageError("\(option.name) needs a value: \(option.name) \(placeholder)")
    }
    values[option.name, default: []].append(value)
  }

  /// Whether a word is one of the command's options, and so no value of the option before it.
  private static func isOption(_ word: String, _ command: CommandDescription) -> Bool {
    let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
    return word == "--" || command.options.contains { $0.name == name || $0.short == name }
  }

  private func checkOperands(_ command: CommandDescription) throws(UsageError) {
    let takesMany = command.operands.last?.hasSuffix("…") ?? false
    let needed = takesMany ? command.operands.count - 1 : command.operands.count
    if operands.count < needed {
      throw UsageError("\(command.operands[operands.count]) is missing. \(command.usage)")
    }
    if operands.count > needed && !takesMany {
      throw UsageError("'\(operands[needed])' is one word too many. \(command.usage)")
    }
    if let empty = operands.firstIndex(of: "") {
      let operand = command.operands[min(empty, command.operands.count - 1)]
      let name = operand.hasSuffix("…") ? String(operand.dropLast()) : operand
      throw UsageError("\(name) is an empty word. \(command.usage)")
    }
  }
}
