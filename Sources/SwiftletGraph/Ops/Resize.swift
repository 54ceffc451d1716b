/// An image of another size: nearest pixels or bilinear means, not antialiased.
public struct Resize: Sendable {
  /// How an output pixel is computed from those around its place in the input.
  public enum Interpolation: String, Hashable, Sendable, CaseIterable {
    /// One pixel: ⌈p − ½⌉ of the coordinate p, which halves round down to (ONNX's
    /// `round_prefer_floor`), or ⌊p⌋ where coordinates are asymmetric (PyTorch's `nearest`).
    case nearest
    /// The mean of the two pixels next to the coordinate, along both axes (ONNX's `linear`,
    /// PyTorch's `bilinear`).
    case bilinear
  }

  /// Where in the input, of n pixels, the centre of output pixel i of m lies.
  public enum Coordinates: String, Hashable, Sendable, CaseIterable {
    /// (i + ½) · n / m − ½, at least 0 and at most n − 1.
    case halfPixel
    /// i · (n − 1) / (m − 1); 0 for m = 1.
    case alignedCorners
    /// i · n / m, at most n − 1.
    case asymmetric

    fileprivate var description: String {
      switch self {
      case .halfPixel: "half-pixel"
      case .alignedCorners: "aligned corners"
      case .asymmetric: "asymmetric"
      }
    }
  }

  /// Rows of the output.
  public var height: Int
  /// Columns of the output.
  public var width: Int
  /// How an output pixel is computed.
  public var interpolation: Interpolation
  /// Where it lies.
  public var coordinates: Coordinates
  /// The order of the image's dimensions.
  public var layout: ImageLayout

  /// A resize from its parts.
  public init(
    height: Int, width: Int, interpolation: Interpolation, coordinates: Coordinates,
    layout: ImageLayout = .channelsFirst
  ) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
    self.coordinates = coordinates
    self.layout = layout
  }
}

extension Resize: OperationDefinition {
  package var name: String { "resize" }
  package var details: String {
    "to \(height)×\(width), \(interpolation.rawValue), \(coordinates.description)"
  }

  package var layoutRule: LayoutRule {
    var last = self
    last.layout = .channelsLast
    return .image(layout, channelsLast: .resize(last))
  }

  /// The shape rule: the height and width that are wanted; the channels stay.
  ///
  /// - Throws: `malformed` for a height or width below 1, and where coordinates would overflow.
  package func outputShapes(_ inputs: [Shape]) throws(ShapeMismatch) -> [Shape] {
    let input = try layout.requiredImage(validatedInput(inputs))
    guard checkedProduct(4, input.height, height) != nil,
      checkedProduct(4, input.width, width) != nil
    else {
      throw .malformed("a resize of \(input) to \(height)×\(width) is too large")
    }
    let output = ImageShape(height: height, width: width, channels: input.channels)
    return [try layout.shape(output).validated()]
  }

  package func prepared(_ context: Preparation) -> PreparedOperation {
    layout.prepared(context) { input, output in
      let rows = taps(input: input.height, output: output.height)
      let columns = taps(input: input.width, output: output.width)
      let channels = input.channels
      return PreparedOperation { inputs, outputs, workers in
        workers.forEach(output.height) { y in
          let row = rows[y]
          let upper = inputs[0] + row.position * input.width * channels
          let lower = inputs[0] + row.next * input.width * channels
          var target = outputs[0] + y * output.width * channels
          for column in columns {
            let (first, next) = (column.position * channels, column.next * channels)
            for channel in stride(from: 0, to: channels, by: Vector.scalarCount) {
              let lanes = min(Vector.scalarCount, channels - channel)
              var value = column.mean(
                upper.vector(first + channel, count: lanes),
                upper.vector(next + channel, count: lanes))
              if row.weight > 0 {
                let below = column.mean(
                  lower.vector(first + channel, count: lanes),
                  lower.vector(next + channel, count: lanes))
                value = row.mean(value, below)
              }
              target.store(value, channel, count: lanes)
            }
            target += channels
          }
        }
      }
    }
  }

  /// What each output row, or column, reads.
  private func taps(input: Int, output: Int) -> [Tap] {
    (0..<output).map { index in
      let (numerator, denominator) = coordinate(index, input: input, output: output)
      switch (interpolation, coordinates) {
      case (.nearest, .asymmetric):
        return Tap(position: numerator / denominator)
      case (.nearest, .halfPixel), (.nearest, .alignedCorners):
        // ⌈a / b − ½⌉; numerators are not negative.
        let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        return Tap(position: rest > denominator - rest ? whole + 1 : whole)
      case (.bilinear, _):
        let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        return Tap(position: whole, weight: Float(Double(rest) / Double(denominator)))
      }
    }
  }

  /// The exact coordinate of an output pixel, 0 to input − 1, as a fraction.
  private func coordinate(
    _ index: Int, input: Int, output: Int
  ) -> (numerator: Int, denominator: Int) {
    switch coordinates {
    case .halfPixel:
      let place = (2 * index + 1) * input - output
      return (min(max(place, 0), (input - 1) * 2 * output), 2 * output)
    case .alignedCorners:
      return (index * (input - 1), max(output - 1, 1))
    case .asymmetric:
      return (min(index * input, (input - 1) * output), output)
    }
  }
}

/// The two neighbours that an output row or column is a mean of.
private struct Tap {
  let position: Int
  /// The second neighbour, which counts for nothing where `weight` is 0.
  let next: Int
  /// The second neighbour's part, 0…1.
  let weight: Float

  init(position: Int, weight: Float = 0) {
    self.position = position
    self.weight = weight
    next = weight > 0 ? position + 1 : position
  }

  @inline(__always)
  func mean(_ a: Vector, _ b: Vector) -> Vector {
    weight > 0 ? a * (1 - weight) + b * weight : a
  }
}
