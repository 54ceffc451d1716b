/// The maximum over a window; padding is left out.
public struct MaxPool: Sendable {
  public var window: Window

  public init(window: Window) {
    self.window = window
  }
}
