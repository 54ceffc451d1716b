import Foundation

/// Text and numbers inside HTML.
enum HTML {
  /// Text as the content of an element or a quoted attribute. Control characters, which HTML does
  /// not allow, become `?`.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      default:
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        escaped.unicodeScalars.append(isControl ? "?" : scalar)
      }
    }
    return escaped
  }

  /// A number with a fixed count of decimals.
  static func number(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
  }

  /// A fraction as per cent.
  static func percent(_ fraction: Double?, _ places: Int = 2) -> String {
    fraction.map { number($0 * 100, places) + " %" } ?? "–"
  }

  /// An `<img>` that carries its PNG file inside.
  static func image(_ thumbnail: Disagreement.Thumbnail, alt: String) -> String {
    let file = PNGEncoder.encode(
      width: thumbnail.width, height: thumbnail.height, pixels: thumbnail.pixels)
    let data = Data(file).base64EncodedString()
    return
      "<img alt=\"\(escape(alt))\" width=\"\(thumbnail.width)\" height=\"\(thumbnail.height)\" "
      + "src=\"data:image/png;base64,\(data)\">"
  }
}
