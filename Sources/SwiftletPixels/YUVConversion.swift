/// The meaning of luma and chroma bytes: matrix and range.
public enum YUVColours: String, CaseIterable, Sendable {
  /// BT.601's matrix, full range: what JPEG (JFIF) has, and `rpicam-vid --codec yuv420` writes.
  case jpeg
  /// BT.601's matrix, luma 16…235 and chroma 16…240: ffmpeg's default for what was RGB.
  case bt601
  /// BT.709's matrix in the same range: video of high definition.
  case bt709

  /// The luma weights of red and blue, after BT.601-7 §2.5.1 and BT.709-6 §3.2, over 10,000.
  var lumaWeights: (red: Int, blue: Int) {
    switch self {
    case .jpeg, .bt601: (2990, 1140)
    case .bt709: (2126, 722)
    }
  }

  /// The steps of luma from black to white, and of chroma from end to end.
  var steps: (luma: Int, chroma: Int) {
    switch self {
    case .jpeg: (255, 255)
    case .bt601, .bt709: (219, 224)
    }
  }

  /// The luma byte that is black.
  var black: Int {
    switch self {
    case .jpeg: 0
    case .bt601, .bt709: 16
    }
  }
}

/// Luma and chroma bytes to red, green and blue, in integers.
///
/// With the luma weights Kr, Kb and Kg = 1 − Kr − Kb, the steps L of luma and C of chroma and
/// black at B, the standards' equations for Y, Cb and Cr, solved for the colours on a scale of 0
/// to 255, are
///
///     y = 255/L · (Y − B)    u = 255/C · (Cb − 128)    v = 255/C · (Cr − 128)
///     red   = y + 2(1 − Kr) · v
///     green = y − 2(1 − Kb)·Kb/Kg · u − 2(1 − Kr)·Kr/Kg · v
///     blue  = y + 2(1 − Kb) · u
///
/// The five factors of Y − B, Cb − 128 and Cr − 128 are rounded to whole multiples of 2⁻¹⁶,
/// halves away from zero; sums are exact, and (sum + 2¹⁵) >> 16 rounds them half up, then they
/// are clamped to 0…255. So a colour is within 0.5 + 0.004 of the equations' value: five
/// factors off by at most 2⁻¹⁷ each, times at most 255 and twice 128. For example white, Y = 235
/// and Cb = Cr = 128 with bt601: (219 · 76309 + 2¹⁵) >> 16 = 255.
public struct YUVConversion: Sendable {
  private let black: Int32
  private let luma: Int32
  private let redFromCr: Int32
  private let greenFromCb: Int32
  private let greenFromCr: Int32
  private let blueFromCb: Int32

  /// The conversion of these colours.
  public init(_ colours: YUVColours) {
    let one = 10_000
    let (red, blue) = colours.lumaWeights
    let green = one - red - blue
    let steps = colours.steps
    black = Int32(colours.black)
    luma = Self.fixed(255, steps.luma)
    redFromCr = Self.fixed(255 * 2 * (one - red), steps.chroma * one)
    blueFromCb = Self.fixed(255 * 2 * (one - blue), steps.chroma * one)
    greenFromCb = -Self.fixed(255 * 2 * (one - blue) * blue, steps.chroma * one * green)
    greenFromCr = -Self.fixed(255 * 2 * (one - red) * red, steps.chroma * one * green)
  }

  /// A positive fraction as a multiple of 2⁻¹⁶, rounded half up.
  private static func fixed(_ numerator: Int, _ denominator: Int) -> Int32 {
    Int32(((numerator << 17) / denominator + 1) >> 1)
  }

  /// What chroma adds to red, green and blue, in multiples of 2⁻¹⁶: at most 2¹⁶ · 271 either way.
  @inline(__always)
  func chroma(_ cb: UInt8, _ cr: UInt8) -> (red: Int32, green: Int32, blue: Int32) {
    let u = Int32(cb) &- 128
    let v = Int32(cr) &- 128
    return (redFromCr &* v, greenFromCb &* u &+ greenFromCr &* v, blueFromCb &* u)
  }

  /// The red, green and blue of one pixel. Sums stay within 2¹⁶ · (279 + 271), far from 2³¹.
  @inline(__always)
  func colour(
    _ y: UInt8, _ chroma: (red: Int32, green: Int32, blue: Int32)
  ) -> (UInt8, UInt8, UInt8) {
    let base = (Int32(y) &- black) &* luma &+ (1 << 15)
    return (
      Self.byte(base &+ chroma.red), Self.byte(base &+ chroma.green),
      Self.byte(base &+ chroma.blue)
    )
  }

  @inline(__always)
  private static func byte(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: max(0, min(255, sum >> 16)))
  }
}
