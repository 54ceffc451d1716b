/// The value of `--input-tensor` or `--output-tensor`: `[NAME=]FILE`.
struct TensorArgument: Equatable {
  /// nil when only a file is given.
  let name: String?
  let file: String

  /// Splits at the last `=` before which a tensor's name stands, so that names and files may both
  /// hold `=`. What starts like a path and names no tensor is a file as a whole.
  init(_ text: String, isTensor: (String) -> Bool) {
    let splits = text.indices.filter { text[$0] == "=" }
    let known = splits.last { isTensor(String(text[..<$0])) }
    let startsLikePath = text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")
    guard let split = known ?? (startsLikePath ? nil : splits.first) else {
      name = nil
      file = text
      return
    }
    let before = String(text[..<split])
    name = before.isEmpty ? nil : before
    file = String(text[text.index(after: split)...])
  }
}
