import SwiftletInference

/// An image that the float network and the bundle classify differently.
public struct Disagreement: Sendable {
  /// A small RGB picture of what the networks saw.
  public struct Thumbnail: Equatable, Sendable {
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    /// `width · height` RGB triples, rows from the top.
    public let pixels: [UInt8]

    /// A picture from its rows.
    public init(width: Int, height: Int, pixels: [UInt8]) {
      precondition(pixels.count == width * height * 3)
      self.width = width
      self.height = height
      self.pixels = pixels
    }
  }

  /// The image file.
  public let path: String
  /// The class the dataset gives, if any.
  public let classIndex: Int?
  /// The five best classes of the float network.
  public let float: [RankedClass]
  /// The five best classes of the bundle.
  public let int8: [RankedClass]
  /// nil when enough thumbnails were kept already.
  public let thumbnail: Thumbnail?

  /// A disagreement from both networks' best classes.
  public init(
    path: String, classIndex: Int?, float: [RankedClass], int8: [RankedClass],
    thumbnail: Thumbnail?
  ) {
    self.path = path
    self.classIndex = classIndex
    self.float = float
    self.int8 = int8
    self.thumbnail = thumbnail
  }
}

/// What a comparison of a float network with its bundle found.
public struct ComparisonResult: Sendable {
  /// Images that went through both networks.
  public var imageCount = 0
  /// Images on which both networks' best class is the same.
  public var agreementCount = 0
  /// Counts of the images whose class is known, for the float network.
  public var floatAccuracy = AccuracyCounter()
  /// Counts of the images whose class is known, for the bundle.
  public var int8Accuracy = AccuracyCounter()
  /// The divergence of the bundle's probabilities from the float ones, summed over images.
  public var divergenceSum = 0.0
  /// The cosines of the angles between both networks' vectors, summed over images; of networks that are
  /// no classifiers.
  public var similaritySum: Double?
  /// The losses of the layers, in the order of execution.
  public var layers: [LayerLoss] = []
  /// Images whose best class differs, in the order of the dataset.
  public var disagreements: [Disagreement] = []
  /// Images that could not be read, and why.
  public var failures: [(path: String, problem: String)] = []

  /// A comparison of no images yet.
  public init() {}

  /// The mean cosine of the angle between both networks' vectors, 1 for equal ones; nil for classifiers.
  public var meanSimilarity: Double? {
    imageCount > 0 ? similaritySum.map { $0 / Double(imageCount) } : nil
  }

  /// The fraction of images on which both networks' best class is the same.
  public var agreement: Double? {
    imageCount > 0 && similaritySum == nil ? Double(agreementCount) / Double(imageCount) : nil
  }

  /// The mean Kullback-Leibler divergence of int8 from float, in nats.
  public var meanDivergence: Double? {
    imageCount > 0 && similaritySum == nil ? divergenceSum / Double(imageCount) : nil
  }

  /// The layer that adds the most noise.
  public var worstLayer: LayerLoss? { layers.worst(1).first }
}
