import SwiftletPlatform

/// Text and numbers inside HTML.
enum HTML {
  /// Text as the content of an element or a quoted attribute. Control characters, which HTML does
  /// not allow, and marks of direction become `?`.
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
        escaped.unicodeScalars.append(ShownText.isControl(scalar) ? "?" : scalar)
      }
    }
    return escaped
  }

  /// A number with a fixed count of decimals.
  static func number(_ value: Double, _ places: Int) -> String {
    Platform.fixed(value, places)
  }

  /// A fraction as per cent.
  static func percent(_ fraction: Double?, _ places: Int = 2) -> String {
    fraction.map { number($0 * 100, places) + " %" } ?? "–"
  }

  /// An `<img>` that carries its PNG file inside.
  static func image(_ thumbnail: Disagreement.Thumbnail, alt: String) -> String {
    let file = PNGEncoder.encode(
      width: thumbnail.width, height: thumbnail.height, pixels: thumbnail.pixels)
    let data = base64(file)
    return
      "<img alt=\"\(escape(alt))\" width=\"\(thumbnail.width)\" height=\"\(thumbnail.height)\" "
      + "src=\"data:image/png;base64,\(data)\">"
  }

  /// Bytes as text: six bits a character, filled up with `=` to groups of four (RFC 4648).
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for index in 0..<3 {
        bits = bits << 8 | UInt32(index < group.count ? group[start + index] : 0)
      }
      for index in 0..<4 {
        let digit = Int(bits >> (18 - 6 * UInt32(index)) & 63)
        text.append(index <= group.count ? alphabet[digit] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
