/// What the interleaved bytes of a pixel are.
public enum PixelLayout: UInt8, Sendable, CaseIterable {
  /// One byte of grey.
  case grey
  /// Red, green and blue.
  case rgb
  /// Blue, green and red, as OpenCV has them.
  case bgr
  /// Red, green, blue and opacity.
  case rgba
  /// Blue, green, red and opacity.
  case bgra

  /// Bytes of a pixel: 1, 3 or 4.
  public var channels: Int {
    switch self {
    case .grey: 1
    case .rgb, .bgr: 3
    case .rgba, .bgra: 4
    }
  }

  /// The layout of networks' inputs with so many channels: grey, RGB or RGBA; nil for other counts.
  public init?(channels: Int) {
    switch channels {
    case 1: self = .grey
    case 3: self = .rgb
    case 4: self = .rgba
    default: return nil
    }
  }

  /// Where red, green and blue stand in a pixel.
  var colours: (red: Int, green: Int, blue: Int) {
    switch self {
    case .grey: (0, 0, 0)
    case .rgb, .rgba: (0, 1, 2)
    case .bgr, .bgra: (2, 1, 0)
    }
  }

  /// Where opacity stands in a pixel; nil where everything is opaque.
  var opacity: Int? {
    switch self {
    case .grey, .rgb, .bgr: nil
    case .rgba, .bgra: 3
    }
  }
}
