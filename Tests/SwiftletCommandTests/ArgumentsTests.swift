import SwiftletRunCommands
import Testing

private let command = CommandDescription(
  name: "paint", summary: "paints", operands: ["WALL", "COLOUR…"],
  options: [
    CommandOption("--coats", value: "N", "how many"),
    CommandOption("--output", short: "-o", value: "FILE", "where to"),
    CommandOption("--mean", value: "r,g,b", "three numbers"),
    CommandOption("--mask", value: "FILE", repeats: true, "what to leave out"),
    CommandOption("--json", "as JSON"),
  ],
  details: ["Walls are painted."], examples: [.init("swiftlet paint north red", "Paints it red.")])

private func parse(_ words: String...) throws -> Arguments {
  try Arguments(words, for: command)
}

private func usageMessage(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? UsageError)?.message
  }
}

@Suite("Arguments")
struct ArgumentsTests {
  @Test("Options are found before, between and after operands")
  func optionsAnywhere() throws {
    let arguments = try parse("--json", "wall", "--coats", "2", "red", "-o", "x.png", "blue")
    #expect(arguments.operands == ["wall", "red", "blue"])
    #expect(arguments.has("--json"))
    #expect(try arguments.integer("--coats", in: 1...9) == 2)
    #expect(arguments.value("--output") == "x.png")
    #expect(!arguments.has("--mean"))
  }

  @Test("A value may stand after an equals sign, and may hold one itself")
  func equalsSign() throws {
    let arguments = try parse("wall", "--coats=3", "--mask=a=b", "--mask", "c=d")
    #expect(try arguments.integer("--coats", in: 1...9) == 3)
    #expect(arguments.allValues("--mask") == ["a=b", "c=d"])
  }

  @Test("After -- every word is an operand, and - is one anywhere")
  func operandsWithDashes() throws {
    #expect(try parse("-", "--", "--json", "-o").operands == ["-", "--json", "-o"])
  }

  @Test("A value may start with a dash when it is no option")
  func negativeValues() throws {
    #expect(try parse("wall", "--mean", "-1,0,0.5").triple("--mean", "three") == [-1, 0, 0.5])
  }

  @Test("Help needs no operands")
  func help() throws {
    #expect(try parse("--help").has("--help"))
    #expect(try parse("-h").has("--help"))
  }

  @Test(
    "Wrong words are named",
    arguments: [
      (["wall", "--coast", "2"], "did you mean --coats?"),
      (["wall", "--zzzzzz"], "'swiftlet paint --help' lists the options"),
      (["wall", "--coats"], "--coats needs a value: --coats N"),
      (["wall", "--coats", "--json"], "--coats needs a value: --coats N"),
      (["wall", "--coats="], "--coats needs a value: --coats N"),
      (["wall", "--json=yes"], "--json takes no value"),
      (["wall", "--json", "--json"], "--json is given twice"),
      (["wall", "--coats", "1", "--coats", "2"], "--coats is given twice"),
      ([], "WALL is missing"),
    ])
  func wrongWords(words: [String], expected: String) {
    let message = usageMessage { _ = try Arguments(words, for: command) }
    #expect(message?.contains(expected) == true, "\(message ?? "accepted")")
  }

  @Test(
    "Numbers out of range or not numbers are refused", arguments: ["0", "10", "two", "1.5", "0x1"])
  func wrongNumbers(text: String) {
    let message = usageMessage {
      _ = try parse("wall", "--coats", text).integer("--coats", in: 1...9)
    }
    #expect(message == "--coats takes a whole number from 1 to 9, not '\(text)'")
  }

  @Test(
    "Triples need three finite numbers",
    arguments: ["1,2", "1,2,3,4", "1,2,x", "1,,3", "1,2,nan", "1,2,inf", "1;2;3"])
  func wrongTriples(text: String) {
    let message = usageMessage { _ = try parse("wall", "--mean", text).triple("--mean", "numbers") }
    #expect(message?.hasPrefix("--mean takes numbers") == true)
  }

  @Test("One word too many is named when operands are counted")
  func tooManyOperands() {
    let strict = CommandDescription(
      name: "strict", summary: "", operands: ["ONE"], options: [], details: [], examples: [])
    let message = usageMessage { _ = try Arguments(["a", "b"], for: strict) }
    #expect(message?.hasPrefix("'b' is one word too many") == true)
  }

  @Test("The help names every option, operand and example")
  func helpText() {
    let help = command.help
    for word in ["WALL COLOUR…", "--coats N", "-o, --output FILE", "-h, --help", "Paints it red."] {
      #expect(help.contains(word), "\(word)")
    }
  }
}
