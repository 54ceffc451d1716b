import SwiftletPlatform
import SwiftletRunCommands

System.reserveStandardDescriptors()
System.ignoreBrokenPipes()
let console = Console()
let tool = CommandLineTool([ConvertCommand.command, CompareCommand.command] + RunCommands.all)
let status = tool.execute(Array(CommandLine.arguments.dropFirst()), console)
exit(console.finish(status))
