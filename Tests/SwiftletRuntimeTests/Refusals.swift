import Testing

@testable import SwiftletRuntime

/// Notes an issue unless loading a bundle is refused with an error that says this.
func expectRefusal(
  _ bytes: [UInt8], _ says: String, location: SourceLocation = #_sourceLocation
) {
  switch load(bytes) {
  case .success: Issue.record("accepted; expected \(says)", sourceLocation: location)
  case .failure(let error):
    #expect("\(error)".contains(says), "\(error)", sourceLocation: location)
  }
}
