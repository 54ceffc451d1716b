import SwiftletRuntime

extension Session {
  /// The number of the input that is named so; nil when there is none.
  public func inputIndex(named name: String) -> Int? {
    model.inputs.firstIndex { String($0.name) == name }
  }

  /// The number of the output that is named so; nil when there is none.
  public func outputIndex(named name: String) -> Int? {
    model.outputs.firstIndex { String($0.name) == name }
  }
}
