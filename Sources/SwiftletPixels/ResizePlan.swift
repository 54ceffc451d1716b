/// How images of one size become a window of a resized image: everything that does not depend on
/// the pixels, so that a stream of images computes it once.
struct ResizePlan: Sendable {
  private enum Method: Sendable {
    /// Both lengths stay: only the window is cut out.
    case crop
    /// The source column and row of each result pixel.
    case nearest(columns: [Int], rows: [Int])
    /// First across, then down; an axis that keeps its length has no weights.
    case filter(across: ResampleWeights?, down: ResampleWeights?)
  }

  private let sourceWidth: Int
  private let sourceHeight: Int
  private let columns: Range<Int>
  private let rows: Range<Int>
  private let method: Method

  /// Plans for images of `source` size becoming `result` size, of which the window `columns` by
  /// `rows` is computed. The window lies inside; all sizes are at least 1.
  init(
    source: (width: Int, height: Int), result: (width: Int, height: Int), columns: Range<Int>,
    rows: Range<Int>, filter: ResizeFilter
  ) {
    (sourceWidth, sourceHeight) = source
    self.columns = columns
    self.rows = rows
    let kernel: ResampleKernel
    if source == result {
      method = .crop
      return
    }
    switch filter {
    case .nearest:
      method = .nearest(
        columns: Self.nearestSources(source.width, result.width, window: columns),
        rows: Self.nearestSources(source.height, result.height, window: rows))
      return
    case .bilinear: kernel = .triangle
    case .bicubic: kernel = .cubic
    }
    let across =
      result.width == source.width
      ? nil
      : ResampleWeights(
        source: source.width, result: result.width, window: columns, kernel: kernel)
    let down =
      result.height == source.height
      ? nil
      : ResampleWeights(
        source: source.height, result: result.height, window: rows, kernel: kernel)
    method = .filter(across: across, down: down)
  }

  /// Bytes, at most, that such a plan and its first pass take up: of the filters' weights, which
  /// when shrinking are some for each source pixel, and of the pixels between the passes, which are
  /// as many rows as the second reads.
  static func memory(
    source: (width: Int, height: Int), result: (width: Int, height: Int), columns: Int, rows: Int,
    channels: Int, filter: ResizeFilter
  ) -> Int {
    let kernel: ResampleKernel
    switch filter {
    case .nearest: return 8 * (columns + rows) + channels * columns * rows
    case .bilinear: kernel = .triangle
    case .bicubic: kernel = .cubic
    }
    let across = ResampleWeights.longestFilter(source.width, result.width, kernel)
    let down = ResampleWeights.longestFilter(source.height, result.height, kernel)
    let between = min(source.height, rows * source.height / result.height + down)
    return (4 * across + 24) * columns + (4 * down + 24) * rows
      + channels * columns * (between + rows)
  }

  /// Writes the window of the resized `source`, which must have the planned size, to `target`, whose
  /// rows are `rowStride` bytes apart.
  func apply(
    to source: PixelView, into target: UnsafeMutableBufferPointer<UInt8>, rowStride: Int,
    _ scratch: inout ResizeScratch
  ) {
    precondition(source.width == sourceWidth && source.height == sourceHeight)
    let channels = source.channels
    switch method {
    case .crop:
      source.copy(columns: columns, rows: rows, into: target, rowStride: rowStride)
    case .nearest(let columns, let rows):
      source.nearest(columns: columns, rows: rows, into: target, rowStride: rowStride)
    case .filter(let across?, nil):
      source.resampleAcross(across, rows: rows, into: target, rowStride: rowStride)
    case .filter(let across, let down?):
      let needed = across == nil ? 0..<0 : down.sources
      let length = columns.count * channels
      scratch.reserve(between: needed.count * length, sums: length)
      scratch.between.withUnsafeMutableBufferPointer { between in
        scratch.sums.withUnsafeMutableBufferPointer { sums in
          guard let across else {
            let window = (columns.lowerBound * channels)..<(columns.upperBound * channels)
            source.resampleDown(
              down, firstRow: 0, window: window, into: target, rowStride: rowStride, sums: sums)
            return
          }
          source.resampleAcross(across, rows: needed, into: between, rowStride: length)
          let narrowed = PixelView(
            UnsafeBufferPointer(between), width: columns.count, height: needed.count,
            layout: source.layout)
          narrowed.resampleDown(
            down, firstRow: needed.lowerBound, window: 0..<length, into: target,
            rowStride: rowStride, sums: sums)
        }
      }
    case .filter(nil, nil):
      preconditionFailure("both lengths stay: that is a crop")
    }
  }

  /// The source pixel under the centre of each result pixel. The centres are found by repeated
  /// addition, because that is the definition: its rounding decides between two pixels.
  private static func nearestSources(_ source: Int, _ result: Int, window: Range<Int>) -> [Int] {
    let scale = Double(source) / Double(result)
    var center = scale * 0.5
    var sources: [Int] = []
    sources.reserveCapacity(window.count)
    for index in 0..<window.upperBound {
      if index >= window.lowerBound { sources.append(min(Int(center), source - 1)) }
      center += scale
    }
    return sources
  }
}
