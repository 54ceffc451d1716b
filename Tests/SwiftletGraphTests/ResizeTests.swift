import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("Resize")
struct ResizeTests {
  private static func run(
    _ operation: Resize, _ input: FloatTensor, threads: Int = 1
  ) throws -> FloatTensor {
    var graph = Graph()
    let turned = input.turned(to: operation.layout)
    let value = graph.addInput("input", shape: turned.shape)
    graph.addOutput(
      "output", value: try graph.add(.resize(operation), name: "resize", inputs: [value]))
    return FloatExecutor(graph, threads: threads).run([turned])[0]
      .turnedBack(from: operation.layout)
  }

  /// The numerator of an output pixel's coordinate, not clamped, and its denominator.
  private static func coordinate(
    _ coordinates: Resize.Coordinates, _ index: Int, _ n: Int, _ m: Int
  ) -> (Int, Int) {
    switch coordinates {
    case .halfPixel: ((2 * index + 1) * n - m, 2 * m)
    case .alignedCorners: m == 1 ? (0, 1) : (index * (n - 1), m - 1)
    case .asymmetric: (index * n, m)
    }
  }

  /// The weights of all `n` input pixels in output pixel `index` of `m`: a hat of width 1 around the
  /// coordinate, or 1 for the first of the nearest.
  private static func weights(_ resize: Resize, _ index: Int, _ n: Int, _ m: Int) -> [Double] {
    let (a, b) = coordinate(resize.coordinates, index, n, m)
    var result = [Double](repeating: 0, count: n)
    switch resize.interpolation {
    case .nearest where resize.coordinates == .asymmetric:
      result[(0..<n).last { $0 * b <= a } ?? 0] = 1
    case .nearest:
      let distances = (0..<n).map { abs($0 * b - a) }
      result[distances.firstIndex(of: distances.min() ?? 0) ?? 0] = 1
    case .bilinear:
      let place = min(max(Double(a) / Double(b), 0), Double(n - 1))
      for pixel in 0..<n { result[pixel] = max(0, 1 - abs(place - Double(pixel))) }
    }
    return result
  }

  /// The sum over all pixels, in double precision; channels last.
  private static func oracle(_ resize: Resize, _ input: FloatTensor) -> [Double] {
    let image = input.shape.image
    var results: [Double] = []
    for y in 0..<resize.height {
      let rows = weights(resize, y, image.height, resize.height)
      for x in 0..<resize.width {
        let columns = weights(resize, x, image.width, resize.width)
        for channel in 0..<image.channels {
          var sum = 0.0
          for (row, rowWeight) in rows.enumerated() where rowWeight > 0 {
            for (column, weight) in columns.enumerated() where weight > 0 {
              sum += rowWeight * weight * Double(input[[0, row, column, channel]])
            }
          }
          results.append(sum)
        }
      }
    }
    return results
  }

  private static func modes(_ height: Int, _ width: Int, _ layout: ImageLayout) -> [Resize] {
    Resize.Interpolation.allCases.flatMap { interpolation in
      Resize.Coordinates.allCases.map {
        Resize(
          height: height, width: width, interpolation: interpolation, coordinates: $0,
          layout: layout)
      }
    }
  }

  @Test("Equals the sum over all pixels", arguments: 1...40, ImageLayout.allCases)
  func equalsOracle(seed: UInt64, layout: ImageLayout) throws {
    var random = SplitMix64(seed: 2000 + seed)
    func length() -> Int { .random(in: 1...13, using: &random) }
    let shape = Shape(1, length(), length(), .random(in: 1...19, using: &random))
    let input = random.tensor(shape)
    for resize in Self.modes(length(), length(), layout) {
      let expected = Self.oracle(resize, input)
      let found = try Self.run(resize, input, threads: 2)
      #expect(found.shape == Shape(1, resize.height, resize.width, shape[3]))
      let tolerance = resize.interpolation == .nearest ? 0 : 1e-6
      #expect(
        found.values.count == expected.count
          && zip(found.values, expected).allSatisfy { abs(Double($0) - $1) <= tolerance },
        "\(shape), \(resize.details)")
    }
  }

  /// Worked out by hand, and what ONNX Runtime computes: 40 · column + 80 · row of 2 × 2 pixels.
  @Test("Two by two pixels become four by four", arguments: ImageLayout.allCases)
  func enlarges(layout: ImageLayout) throws {
    let input = FloatTensor(shape: Shape(1, 2, 2, 1), values: [0, 40, 80, 120])
    let places: [Resize.Coordinates: [Float]] = [
      .halfPixel: [0, 0.25, 0.75, 1], .alignedCorners: [0, 1 / 3, 2 / 3, 1],
      .asymmetric: [0, 0.5, 1, 1],
    ]
    for resize in Self.modes(4, 4, layout) {
      var along = try #require(places[resize.coordinates])
      if resize.interpolation == .nearest { along = [0, 0, 1, 1] }
      let expected = along.flatMap { y in along.map { x in 40 * x + 80 * y } }
      let found = try Self.run(resize, input).values
      #expect(
        zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(resize.details): \(found)")
    }
  }

  /// Worked out by hand, and what ONNX Runtime computes: half-pixel, aligned corners, asymmetric.
  @Test(
    "The nearest pixel, of two the first",
    arguments: [
      (4, 2, [[0, 2], [0, 3], [0, 2]]), (5, 2, [[1, 3], [0, 4], [0, 2]]),
      (2, 3, [[0, 0, 1], [0, 0, 1], [0, 0, 1]]), (3, 1, [[1], [0], [0]]),
    ])
  func nearest(_ n: Int, _ m: Int, _ pixels: [[Float]]) throws {
    let input = FloatTensor(shape: Shape(1, 1, n, 1), values: (0..<n).map(Float.init))
    for (coordinates, expected) in zip(Resize.Coordinates.allCases, pixels) {
      let resize = Resize(
        height: 1, width: m, interpolation: .nearest, coordinates: coordinates,
        layout: .channelsLast)
      #expect(try Self.run(resize, input).values == expected, "\(resize.details)")
    }
  }

  @Test("The pass that puts channels last turns it, and it computes the same")
  func channelsLast() throws {
    var random = SplitMix64(seed: 3)
    let image = random.tensor(Shape(1, 4, 6, 3))
    for resize in Self.modes(5, 3, .channelsFirst) {
      var graph = Graph()
      let value = graph.addInput("input", shape: Shape(1, 3, 4, 6))
      graph.addOutput(
        "output", value: try graph.add(.resize(resize), name: "resize", inputs: [value]))
      var turned = graph
      try turned.apply(passes("channels-last"))
      let found = try #require(turned.nodes.first { $0.operation.name == "resize" })
      guard case .image(.channelsLast, _) = found.operation.definition.layoutRule else {
        Issue.record("the layout stays")
        return
      }
      #expect(found.operation.details == resize.details)
      let before = FloatExecutor(graph, threads: 1).run([image.channelsFirst])[0].channelsLast
      let after = FloatExecutor(turned, threads: 1).run([image])[0]
      #expect(before.values == after.values && before.shape == after.shape)
    }
  }

  @Test("Details name size, interpolation and coordinates")
  func details() {
    let details = Self.modes(4, 6, .channelsFirst).map { Operation.resize($0).details }
    #expect(details[0] == "to 4×6, nearest, half-pixel")
    #expect(details[4] == "to 4×6, bilinear, aligned corners")
    #expect(details[5] == "to 4×6, bilinear, asymmetric")
    #expect(Operation.resize(Self.modes(1, 1, .channelsFirst)[0]).name == "resize")
  }

  @Test("Shapes: the size that is wanted, of images only", arguments: ImageLayout.allCases)
  func shapes(layout: ImageLayout) throws {
    let image = layout.shape(ImageShape(height: 5, width: 7, channels: 6))
    let wanted = layout.shape(ImageShape(height: 2, width: 9, channels: 6))
    let resize = Self.modes(2, 9, layout)[0]
    #expect(try resize.outputShapes([image]) == [wanted])
    #expect(try resize.outputShapes([Shape(1, 6)]) == [wanted])
    #expect(problem(.resize(resize), []) == .inputCount(expected: 1, found: 0))
    #expect(problem(.resize(resize), [image, image]) == .inputCount(expected: 1, found: 2))
    for shape in [Shape(2, 6, 6, 6), Shape(6, 6, 6), Shape(6), Shape(), Shape(1, 0, 1, 1)] {
      #expect(isMalformed(.resize(resize), [shape]), "\(shape)")
    }
    for length in [0, -1, .min, .max, Int.max / 8] {
      #expect(isMalformed(.resize(Self.modes(length, 9, layout)[0]), [image]), "\(length)")
      #expect(isMalformed(.resize(Self.modes(2, length, layout)[0]), [image]), "\(length)")
    }
  }
}
