/// The class of each place of a picture, for example of each eighth pixel across and down.
public struct ClassMask: Equatable, Sendable {
  /// Places across.
  public let width: Int
  /// Places down.
  public let height: Int
  /// `width` · `height` classes from 0: rows from the top, places from the left.
  public let classes: [Int32]

  /// A mask from its classes.
  public init(width: Int, height: Int, classes: [Int32]) {
    precondition(classes.count == width * height)
    self.width = width
    self.height = height
    self.classes = classes
  }

  /// The class with the highest number at each place, of equal ones the lowest. `scores` are
  /// `channels` a place, side by side.
  public init<Score: Comparable>(
    scores: UnsafeBufferPointer<Score>, width: Int, height: Int, channels: Int
  ) {
    precondition(channels > 0 && scores.count == width * height * channels)
    var classes = [Int32](repeating: 0, count: width * height)
    for place in classes.indices {
      let start = place * channels
      var best = 0
      for channel in 1..<max(channels, 1) where scores[start + channel] > scores[start + best] {
        best = channel
      }
      classes[place] = Int32(best)
    }
    self.init(width: width, height: height, classes: classes)
  }
}
