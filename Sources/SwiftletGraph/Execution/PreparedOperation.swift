/// One operation, ready to run: parameters are packed and shapes are fixed.
struct PreparedOperation: Sendable {
  /// Reads the inputs, each as long as its shape says, and writes every element of the output.
  typealias Body =
    @Sendable (
      _ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ workers: Workers
    ) -> Void

  /// Whether the output may be the first input's memory: element i of the output then depends on
  /// no element of the first input but i, or only on elements that the same task reads before.
  let allowsInPlace: Bool
  let body: Body

  init(allowsInPlace: Bool = false, body: @escaping Body) {
    self.allowsInPlace = allowsInPlace
    self.body = body
  }
}
