/// What a program is called and what it is for.
public struct ProgramDescription: Sendable {
  /// The word that starts it.
  public let name: String
  /// What it is, in one line without a full stop.
  public let summary: String
  /// Paragraphs for the manual page.
  public let details: [String]

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
