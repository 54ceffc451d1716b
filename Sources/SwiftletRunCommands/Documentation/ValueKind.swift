/// What a word on the command line may be, as far as a shell can offer candidates for it.
public enum ValueKind: Equatable, Sendable {
  /// One of these.
  case words([String])
  /// A file whose name ends in a dot and one of these, in either case; with none of them, any file.
  /// Folders lead to files and are offered as well.
  case files([String])
  /// A number or a text, for which nothing can be offered.
  case free

  /// What the placeholder of an operand or option stands for, for example `BUNDLE` or `FILE.html`;
  /// nil for one that is not known here.
  public init?(placeholder: String) {
    switch placeholder {
    case "BUNDLE": self = .files(["swiftlet"])
    case "MODEL": self = .files(["safetensors", "pth", "pt", "tar"])
    case "BUNDLE|MODEL": self = .files(["swiftlet", "safetensors", "pth", "pt", "tar"])
    case "IMAGE", "IMAGE…": self = .files(["jpg", "jpeg", "png"])
    case "DIR|CSV": self = .files(["csv"])
    case "FILE", "[NAME=]FILE": self = .files([])
    case "bash": self = .words(["bash"])
    case "N", "K", "X", "E", "PIXELS", "PIXELS|WxH", "r,g,b", "WxH:FORMAT", "YYYY-MM-DD":
      self = .free
    default:
      // FILE.html: any file of that kind.
      let parts = placeholder.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, ["FILE", "OUT"].contains(parts[0]), !parts[1].isEmpty else {
        return nil
      }
      self = .files([String(parts[1])])
    }
  }
}

extension OptionDescription {
  /// What its value may be; nil for a flag and for a placeholder that `ValueKind` does not know.
  public var valueKind: ValueKind? {
    words.isEmpty ? value.flatMap(ValueKind.init(placeholder:)) : .words(words)
  }
}
