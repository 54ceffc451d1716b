import CSwiftletKernels
import SwiftletTestSupport
import Testing

/// The shapes of a resize's input and output.
struct ResizeShape: CustomStringConvertible, Sendable {
  var h: Int
  var w: Int
  var c: Int
  var outH: Int
  var outW: Int

  var description: String { "\(h)×\(w)×\(c) to \(outH)×\(outW)" }
}

@Suite struct ResizeTests {
  static let shapes: [ResizeShape] = [
    ResizeShape(h: 1, w: 1, c: 1, outH: 1, outW: 1),
    ResizeShape(h: 1, w: 1, c: 3, outH: 3, outW: 4),
    ResizeShape(h: 2, w: 2, c: 1, outH: 5, outW: 7),
    ResizeShape(h: 7, w: 5, c: 17, outH: 3, outW: 9),
    ResizeShape(h: 3, w: 11, c: 65, outH: 7, outW: 2),
    ResizeShape(h: 5, w: 1, c: 130, outH: 4, outW: 3),
    ResizeShape(h: 1, w: 6, c: 8, outH: 3, outW: 13),
  ]

  /// Taps within `length` places: both ends, every kind of weight, or none but 0.
  private func taps(
    _ count: Int, within length: Int, hasWeights: Bool, _ random: inout SplitMix64
  ) -> [SwlResizeTap] {
    (0..<count).map { _ in
      let position = Int.random(in: 0..<length, using: &random)
      let weight = random.pick([0, 1, 1024, 2047, 2048, Int.random(in: 0...2048, using: &random)])
      return SwlResizeTap(
        position: Int32(position),
        weight: hasWeights && position + 1 < length ? Int32(weight) : 0)
    }
  }

  /// The sum of four products in exact integers, divided as a real number is rounded half up.
  private func oracle(
    _ shape: ResizeShape, _ input: [Int8], rows: [SwlResizeTap], columns: [SwlResizeTap]
  ) -> [Int8] {
    var result: [Int8] = []
    for row in rows {
      for column in columns {
        for channel in 0..<shape.c {
          var sum = 0
          for (dy, wy) in [(0, 2048 - Int(row.weight)), (1, Int(row.weight))] where wy > 0 {
            for (dx, wx) in [(0, 2048 - Int(column.weight)), (1, Int(column.weight))] where wx > 0 {
              let pixel = (Int(row.position) + dy) * shape.w + Int(column.position) + dx
              sum += wy * wx * Int(input[pixel * shape.c + channel])
            }
          }
          result.append(Int8((Double(sum) / 4_194_304 + 0.5).rounded(.down)))
        }
      }
    }
    return result
  }

  @Test(arguments: shapes, [Values.random, .extreme])
  func equalsPlainLoops(_ shape: ResizeShape, _ values: Values) {
    var random = SplitMix64(seed: 94)
    let input = random.int8s(shape.h * shape.w * shape.c, values)
    for (rowWeights, columnWeights) in [(true, true), (true, false), (false, true), (false, false)]
    {
      let rows = taps(shape.outH, within: shape.h, hasWeights: rowWeights, &random)
      let columns = taps(shape.outW, within: shape.w, hasWeights: columnWeights, &random)
      let expected = oracle(shape, input, rows: rows, columns: columns)
      let fault = withAligned(input) { inputs in
        rows.withUnsafeBufferPointer { rows in
          columns.withUnsafeBufferPointer { columns -> String? in
            guard let rowStart = rows.baseAddress, let columnStart = columns.baseAddress else {
              return "no taps"
            }
            var p = SwlResizeParams(
              in_h: Int32(shape.h), in_w: Int32(shape.w), channels: Int32(shape.c),
              out_h: Int32(shape.outH), out_w: Int32(shape.outW), rows: rowStart,
              columns: columnStart)
            return faultOfParts(
              expected: expected, units: shape.outH, offset: { $0 * shape.outW * shape.c },
              run: { swl_resize_s8__portable(&p, inputs[0], $0, $1, $2) })
          }
        }
      }
      #expect(fault == nil, "weights of rows \(rowWeights), of columns \(columnWeights)")
    }
  }
}
