import SwiftletTestSupport
import Testing

@testable import SwiftletImage
@testable import SwiftletPixels

/// The standards' equations for Y, Cb and Cr of red, green and blue (0…255), as a 3×3 matrix and
/// an offset: the direction in which they are published.
private func encoding(_ colours: YUVColours) -> (matrix: [[Double]], offset: [Double]) {
  let (kr, kb): (Double, Double) = colours == .bt709 ? (0.2126, 0.0722) : (0.299, 0.114)
  let kg = 1 - kr - kb
  let (luma, chroma): (Double, Double) = colours == .jpeg ? (255, 255) : (219, 224)
  let y = [kr, kg, kb]
  let cb = [-kr, -kg, 1 - kb].map { $0 / (2 * (1 - kb)) }
  let cr = [1 - kr, -kg, -kb].map { $0 / (2 * (1 - kr)) }
  return (
    [y.map { $0 * luma / 255 }, cb.map { $0 * chroma / 255 }, cr.map { $0 * chroma / 255 }],
    [colours == .jpeg ? 0 : 16, 128, 128]
  )
}

/// Solves the encoding for red, green and blue by Cramer's rule.
private func solved(_ colours: YUVColours, _ bytes: [UInt8]) -> [Double] {
  let (matrix, offset) = encoding(colours)
  let right = zip(bytes, offset).map { Double($0) - $1 }
  func determinant(_ m: [[Double]]) -> Double {
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
      - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
      + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
  }
  let whole = determinant(matrix)
  return (0..<3).map { column in
    var replaced = matrix
    for row in 0..<3 { replaced[row][column] = right[row] }
    return determinant(replaced) / whole
  }
}

@Suite("YUV conversion")
struct YUVConversionTests {
  @Test(
    "Colours are within half a step of the standards' equations", arguments: YUVColours.allCases)
  func equations(colours: YUVColours) {
    let conversion = YUVConversion(colours)
    var random = SplitMix64(seed: 3)
    var cases = (0..<20_000).map { _ in
      let bits = random.next()
      return (0..<3).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
    let steps = stride(from: 0, through: 255, by: 17).map { UInt8($0) }
    for y in steps { for cb in steps { for cr in steps { cases.append([y, cb, cr]) } } }
    var worst = 0.0
    for bytes in cases {
      let found = conversion.colour(bytes[0], conversion.chroma(bytes[1], bytes[2]))
      for (value, exact) in zip([found.0, found.1, found.2], solved(colours, bytes)) {
        worst = max(worst, abs(Double(value) - min(255, max(0, exact))))
      }
    }
    #expect(worst <= 0.504)
  }

  @Test(
    "Black, white, grey and the primaries",
    arguments: [
      (YUVColours.jpeg, [0, 128, 128], [0, 0, 0]), (.jpeg, [255, 128, 128], [255, 255, 255]),
      (.jpeg, [77, 128, 128], [77, 77, 77]), (.jpeg, [76, 85, 255], [254, 0, 0]),
      (.bt601, [16, 128, 128], [0, 0, 0]), (.bt601, [235, 128, 128], [255, 255, 255]),
      (.bt601, [81, 90, 240], [254, 0, 0]), (.bt601, [0, 128, 128], [0, 0, 0]),
      (.bt709, [235, 128, 128], [255, 255, 255]), (.bt709, [63, 102, 240], [255, 1, 0]),
      (.bt709, [255, 0, 0], [49, 255, 8]),
    ] as [(YUVColours, [UInt8], [UInt8])])
  func known(colours: YUVColours, bytes: [UInt8], expected: [UInt8]) {
    let conversion = YUVConversion(colours)
    let found = conversion.colour(bytes[0], conversion.chroma(bytes[1], bytes[2]))
    #expect([found.0, found.1, found.2] == expected)
  }
}
