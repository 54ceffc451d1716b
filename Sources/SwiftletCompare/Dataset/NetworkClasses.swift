/// The classes that a network tells apart.
public struct NetworkClasses: Equatable, Sendable {
  /// How many there are.
  public let count: Int
  /// Their names in order, or none.
  public let labels: [String]

  /// Classes with or without names.
  public init(count: Int, labels: [String]) {
    self.count = count
    self.labels = labels
  }

  /// Why images with these class indices are probably another network's; nil if they may well be
  /// this one's.
  ///
  /// Images of some of a network's classes are of any of them. If they are of the first tenth or
  /// less, of five at least and of each, they are likely to be a smaller data set: CIFAR-10 for a
  /// network with the 1000 classes of ImageNet.
  func doubt(_ indices: some Sequence<Int?>) -> String? {
    let distinct = Set(indices.lazy.compactMap { $0 })
    guard distinct.count >= 5, distinct.count * 10 <= count, distinct.max() == distinct.count - 1
    else { return nil }
    return "the images are of the classes 0 to \(distinct.count - 1) and of each of them, but the "
      + "network has \(count): is this its data set?"
  }
}
