import SwiftletPlatform
import SwiftletRunCommands

// What a board needs of `swiftlet`, without Foundation, so that it can be linked into one static file.
System.reserveStandardDescriptors()
System.arrangeSignals()
let console = Console()
let status = CommandLineTool(RunCommands.all, program: .swiftletRun).executeCommandLine(console)
exit(console.finish(status))
