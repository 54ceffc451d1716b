import SwiftletPixels

/// What the command line says about a stream of frames.
struct StreamOptions: Equatable, Sendable {
  /// The layout of raw frames; nil for image files.
  var raw: RawFrameLayout?
  /// The meaning of yuv420.
  var colours = YUVColours.jpeg
  /// Whether frames are dropped rather than queued.
  var latest = false
  /// After how many frames to stop; nil for never.
  var frames: Int?

  /// The options that are for streams only.
  static let options: [any DeclaredOption] = [rawOption, yuvOption, latestOption, framesOption]

  private static let rawOption = Option(
    "--raw", value: "WxH:FORMAT",
    "frames are raw: width x height, rgb24 or yuv420, and :STRIDE if rows are padded"
  ) { (text) throws(UsageError) in try layout(text) }
  .reference(
    "frames are pixels: `WIDTHxHEIGHT:rgb24`, or `WIDTHxHEIGHT:yuv420` (planar I420, chroma "
      + "planes half as wide and high, rounded up), and `:STRIDE` if rows are padded. Without it: "
      + "JPEG images one after the other (MJPEG), or PNG images")
  private static let yuvOption = Option(
    "--yuv", value: "COLOURS", choices: YUVColours.allCases,
    "what yuv420 means: jpeg (default), bt601 or bt709"
  ).reference(
    "what yuv420 means: BT.601 in full range (`jpeg`, the default), BT.601 or BT.709 in video range"
  )
  private static let latestOption = Option("--latest", "drop frames rather than lag behind")
    .reference("drop frames rather than lag behind: always the newest whole frame")
  private static let framesOption = Option(
    "--frames", value: "N", in: 1...Int.max, "stop after N frames")

  /// Reads the options. `isStream` says whether the operand is `-`.
  init(_ arguments: Arguments, isStream: Bool) throws(UsageError) {
    if !isStream, let option = Self.options.first(where: { arguments.has($0) }) {
      throw UsageError(
        "\(option.description.name) is for frames on standard input: name - instead of images")
    }
    raw = try arguments[Self.rawOption]
    if let chosen = try arguments[Self.yuvOption] {
      guard raw?.format == .yuv420 else {
        throw UsageError("--yuv says what yuv420 means: give --raw WIDTHxHEIGHT:yuv420 with it")
      }
      colours = chosen
    }
    latest = arguments.has(Self.latestOption)
    frames = try arguments[Self.framesOption]
  }

  /// The layout that `WIDTHxHEIGHT:FORMAT[:STRIDE]` means.
  static func layout(_ text: String) throws(UsageError) -> RawFrameLayout {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false).map { number($0) }
    guard (2...3).contains(parts.count), sides.count == 2, let width = sides[0],
      let height = sides[1], let format = RawPixelFormat(rawValue: String(parts[1]))
    else { throw wrongForm(text) }
    var stride: Int?
    if parts.count == 3 {
      guard let bytes = number(parts[2]) else { throw wrongForm(text) }
      stride = bytes
    }
    guard
      let layout = RawFrameLayout(width: width, height: height, format: format, stride: stride)
    else {
      if stride != nil,
        let tight = RawFrameLayout(width: width, height: height, format: format)
      {
        throw UsageError(
          "--raw \(text): expected a stride of at least \(tight.rowStride) and at most "
            + "\(RawFrameLayout.maximumStride) bytes, even for yuv420, and a frame of at most "
            + "\(RawFrameLayout.maximumByteCount) bytes")
      }
      throw UsageError(
        "--raw \(text): expected sides from 1 to \(RawFrameLayout.maximumSide) and at most "
          + "\(PixelImage.maximumPixelCount) pixels")
    }
    return layout
  }

  /// Digits as a number; nil for anything else and for what is far over every limit.
  private static func number(_ text: Substring) -> Int? {
    guard (1...9).contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }

  private static func wrongForm(_ text: String) -> UsageError {
    UsageError(
      "--raw takes WIDTHxHEIGHT:rgb24 or WIDTHxHEIGHT:yuv420, then :STRIDE if rows are padded, "
        + "for example 640x480:yuv420, not '\(text)'")
  }
}
