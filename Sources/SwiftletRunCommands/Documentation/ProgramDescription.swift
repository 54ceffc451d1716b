/// What a program is called and what it is for.
public struct ProgramDescription: Sendable {
  /// The word that starts it.
  public let name: String
  /// What it is, in one line without a full stop.
  public let summary: String
  /// Paragraphs for the manual page.
  public let details: [String]
  /// Paragraphs for the command reference, in Markdown.
  let reference = [
    """
    Messages name the file, the layer or tensor, what was expected and what was found; progress bars
    appear on a terminal only. With `--json` standard output holds one JSON object and nothing else,
    or for a stream one in each line.
    """,
    """
    Too little memory is a failure like others, with a sentence that says how many bytes were wanted:
    what has a size that a file or an option chooses (images, weights, values, tensors) is asked for
    before it is used; what a whole conversion or comparison will need is estimated. Swift ends a
    program whose small allocations fail, and Linux may end one that uses memory it was promised;
    neither can be told in a sentence.
    """,
  ]

  /// Describes a program.
  public init(name: String, summary: String, details: [String]) {
    self.name = name
    self.summary = summary
    self.details = details
  }

  /// The program with every command.
  public static let swiftlet = ProgramDescription(
    name: "swiftlet",
    summary: "int8 MobileNets from float weights to ARM boards, the same bits everywhere",
    details: [
      """
      Turns a float network of the MobileNet family into one int8 file, a bundle, and runs that
      file with integer arithmetic only. The output bytes depend on the bundle and the input, not
      on the processor, the number of threads or the build.
      """
    ])

  /// The program of the run commands, which fits into one static file.
  public static let swiftletRun = ProgramDescription(
    name: "swiftlet-run",
    summary: "runs int8 bundles on ARM boards, the same bits everywhere",
    details: [
      """
      Runs bundles, which 'swiftlet convert' makes of float networks, with integer arithmetic
      only. The output bytes depend on the bundle and the input, not on the processor, the number
      of threads or the build. The commands are those of the same names of swiftlet.
      """
    ])

  /// How the words of every command are read.
  static let wordsRule = """
    Options may stand anywhere after the command; --option value and --option=value are the same;
    -- ends options. Messages go to standard error.
    """
}
