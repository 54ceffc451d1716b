import SwiftletPlatform
import SwiftletRunCommands

System.reserveStandardDescriptors()
System.arrangeSignals()
let console = Console()
let tool = CommandLineTool(
  [ConvertCommand.command, CompareCommand.command]
    + RunCommands.all.map {
      $0.description.name == InspectCommand.description.name ? InspectGraph.command : $0
    })
let status = tool.executeCommandLine(console)
exit(console.finish(status))
