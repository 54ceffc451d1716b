import Testing

@testable import SwiftletRunCommands

private let coats = Option("--coats", value: "N", in: 1...9, "how many")
private let layers = Option("--layers", value: "N", in: 1...Int.max, default: 3, "how thick")
private let output = Option("--output", short: "-o", value: "FILE", "where to")
private let mean = Option(
  "--mean", channels: "r,g,b", counts: [3], "three numbers", wanted: "numbers")
private let mask = Option("--mask", repeated: "FILE", "what to leave out")
private let thinner = Option(
  "--thinner", value: "X", "how much", wanted: "a share from 0 to 1"
) { $0 >= 0 && $0 <= 1 }
private let finish = Option(
  "--finish", value: "NAME", choices: [("matt", 0), ("gloss", 100)], "how it shines")
private let json = Option("--json", "as JSON")

private let command = CommandDescription(
  name: "paint", summary: "paints", operands: ["WALL", "COLOUR…"],
  options: [coats, layers, output, mean, mask, thinner, finish, json],
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
    #expect(arguments.has(json))
    #expect(try arguments[json])
    #expect(try arguments[coats] == 2)
    #expect(try arguments[output] == "x.png")
    #expect(!arguments.has(mean))
    #expect(try arguments[mean] == nil)
    #expect(try arguments[mask] == [])
    #expect(try arguments[layers] == 3)
    #expect(try arguments[thinner] == nil)
    #expect(try arguments[finish] == nil)
  }

  @Test("A value may stand after an equals sign, and may hold one itself")
  func equalsSign() throws {
    let arguments = try parse("wall", "--coats=3", "--mask=a=b", "--mask", "c=d")
    #expect(try arguments[coats] == 3)
    #expect(try arguments[mask] == ["a=b", "c=d"])
  }

  @Test("After -- every word is an operand, and - is one anywhere")
  func operandsWithDashes() throws {
    #expect(try parse("-", "--", "--json", "-o").operands == ["-", "--json", "-o"])
  }

  @Test("A value may start with a dash when it is no option")
  func negativeValues() throws {
    #expect(try parse("wall", "--mean", "-1,0,0.5")[mean] == [-1, 0, 0.5])
  }

  @Test("Help needs no operands")
  func help() throws {
    #expect(try parse("--help").has(CommandDescription.helpOption))
    #expect(try parse("-h").has(CommandDescription.helpOption))
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
      _ = try parse("wall", "--coats", text)[coats]
    }
    #expect(message == "--coats takes a whole number from 1 to 9, not '\(text)'")
  }

  @Test(
    "Triples need three finite numbers",
    arguments: ["1,2", "1,2,3,4", "1,2,x", "1,,3", "1,2,nan", "1,2,inf", "1;2;3"])
  func wrongTriples(text: String) {
    let message = usageMessage { _ = try parse("wall", "--mean", text)[mean] }
    #expect(message?.hasPrefix("--mean takes numbers") == true)
  }

  @Test("Choices are what their words mean, other numbers have a range")
  func choices() throws {
    #expect(try parse("wall", "--finish", "gloss")[finish] == 100)
    #expect(
      usageMessage { _ = try parse("wall", "--finish", "glossy")[finish] }
        == "--finish takes matt or gloss, not 'glossy'")
    #expect(try parse("wall", "--thinner=0.25")[thinner] == 0.25)
    for text in ["1.5", "nan", "much"] {
      #expect(
        usageMessage { _ = try parse("wall", "--thinner", text)[thinner] }
          == "--thinner takes a share from 0 to 1, not '\(text)'")
    }
    #expect(
      usageMessage { _ = try parse("wall", "--layers", "0")[layers] }
        == "--layers takes a whole number of at least 1, not '0'")
  }

  // Exit tests came with Swift 6.2.
  #if compiler(>=6.2)
    @Test("An option that the command does not declare cannot be read")
    func undeclared() async {
      await #expect(processExitsWith: .failure) {
        let arguments = try Arguments(["wall"], for: command)
        _ = try arguments[Option("--coast", value: "N", in: 1...9, "a slip of the pen")]
      }
      await #expect(processExitsWith: .failure) {
        let arguments = try Arguments(["wall"], for: command)
        _ = arguments.has(Option("--jason", "a slip of the pen"))
      }
      // What the two have in common with these is all but the slip.
      await #expect(processExitsWith: .success) {
        let arguments = try Arguments(["wall"], for: command)
        _ = try arguments[Option("--coats", value: "N", in: 1...9, "how many")]
        _ = arguments.has(Option("--json", "as JSON"))
      }
    }
  #endif

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
