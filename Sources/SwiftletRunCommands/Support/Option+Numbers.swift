extension Option where Value == Int? {
  /// A whole number within `range`.
  public init(_ name: String, value: String, in range: ClosedRange<Int>, _ help: String) {
    self.init(
      OptionDescription(name, value: value, range: range, help: help)
    ) { (texts) throws(UsageError) in
      try wholeNumber(texts, name, range)
    }
  }
}

extension Option where Value == Int {
  /// A whole number within `range`, and what stands for it when the option is not given.
  public init(
    _ name: String, value: String, in range: ClosedRange<Int>, default usual: Int, _ help: String
  ) {
    self.init(
      OptionDescription(name, value: value, range: range, help: help)
    ) { (texts) throws(UsageError) in
      try wholeNumber(texts, name, range) ?? usual
    }
  }
}

extension Option where Value == Double? {
  /// A finite number for which `isValid` holds; `wanted` names what is valid.
  public init(
    _ name: String, value: String, _ help: String, wanted: String,
    isValid: @escaping @Sendable (Double) -> Bool
  ) {
    self.init(name, value: value, help) { (text) throws(UsageError) in
      guard let number = Double(text), number.isFinite, isValid(number) else {
        throw UsageError("\(name) takes \(wanted), not '\(text)'")
      }
      return number
    }
  }
}

extension Option where Value == [Float]? {
  /// A number for each channel, `counts` of them, for which `isValid` holds; `wanted` names what is valid.
  public init(
    _ name: String, channels value: String, counts: [Int], _ help: String, wanted: String,
    isValid: @escaping @Sendable (Float) -> Bool = { _ in true }
  ) {
    self.init(name, value: value, help) { (text) throws(UsageError) in
      let words = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = words.compactMap { Float($0) }.filter { $0.isFinite && isValid($0) }
      guard numbers.count == words.count, counts.contains(numbers.count) else {
        throw UsageError("\(name) takes \(wanted), for example 0.5,0.5,0.5, not '\(text)'")
      }
      return numbers
    }
  }
}

extension Option where Value == (width: Int, height: Int)? {
  /// A size in pixels: a side of a square, or width and height, each within `range`.
  public init(_ name: String, size value: String, in range: ClosedRange<Int>, _ help: String) {
    self.init(name, value: value, help) { (text) throws(UsageError) in
      let words = text.split(separator: "x", omittingEmptySubsequences: false)
      let sides = words.compactMap { Int($0) }.filter { range.contains($0) }
      guard sides.count == words.count, sides.count <= 2, let width = sides.first else {
        throw UsageError(
          "\(name) takes pixels from \(range.lowerBound) to \(range.upperBound), one number for a "
            + "square or WIDTHxHEIGHT, not '\(text)'")
      }
      return (width, sides.count == 2 ? sides[1] : width)
    }
  }
}

/// The last of the texts as a number within `range`.
private func wholeNumber(
  _ texts: [String]?, _ name: String, _ range: ClosedRange<Int>
) throws(UsageError) -> Int? {
  guard let text = texts?.last else { return nil }
  guard let number = Int(text), range.contains(number) else {
    throw UsageError("\(name) takes \(Text.numbers(range)), not '\(text)'")
  }
  return number
}

extension Text {
  /// Which whole numbers lie in a range.
  static func numbers(_ range: ClosedRange<Int>) -> String {
    range.upperBound == Int.max
      ? "a whole number of at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}
