import SwiftletRunCommands
import Testing

@Suite("Console")
struct ConsoleTests {
  @Test("Progress and warnings go to a terminal only; messages always")
  func terminalOnly() {
    let file = Console(capturingAsTerminal: false)
    file.progress("images", done: 1, total: 4)
    file.warn("odd")
    file.error("bad")
    file.print("result")
    #expect(file.capturedErrors == "swiftlet: bad\n")
    #expect(file.capturedOutput == "result\n")
  }

  @Test("A bar is drawn and taken away before anything else is written")
  func bar() {
    let terminal = Console(capturingAsTerminal: true)
    terminal.progress("images", done: 1, total: 4)
    #expect(terminal.capturedErrors.hasSuffix("images ███████░░░░░░░░░░░░░░░░░░░░░ 1/4"))
    terminal.error("bad")
    #expect(terminal.capturedErrors.hasSuffix("\r\u{1B}[Kswiftlet: bad\n"))
    terminal.progress("images", done: 4, total: 4)
    #expect(terminal.capturedErrors.hasSuffix("bad\n"))
    #expect(terminal.capturedOutput.isEmpty)
  }
}
