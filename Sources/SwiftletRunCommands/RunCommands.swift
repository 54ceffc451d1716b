/// The commands that need nothing but the runtime and images: what a board needs.
public enum RunCommands {
  /// In the order of the help.
  public static let all = [
    RunCommand.command, BenchCommand.command, InspectCommand.command, VerifyCommand.command,
  ]
}
