import SwiftletGraph

/// What an architecture leaves open.
struct NetworkVariant {
  /// Where a network ends.
  enum Head: CaseIterable {
    /// After the classifier.
    case classifier
    /// Before the classifier, after the layer that stands between it and the pooled vector.
    case hidden
    /// After the mean over all pixels.
    case pooled
  }

  /// The width multiplier.
  var width: Double
  /// The classifier's outputs.
  var classes: Int
  /// What the shapes of the weights do not tell.
  var convention: NetworkConvention
  /// The image's size.
  var input: InputSize
  /// The image's channels: 1, 3 or 4.
  var channels = 3
  /// Whether batch normalisations are folded into the convolutions before them already.
  var isFolded = false
  /// Where it ends.
  var head = Head.classifier

  /// Of all batch normalisations.
  var epsilon: Float { convention.epsilon }
  /// Of the whole network, where it is not fixed.
  var activation: Activation { convention.activation }
  /// Which blocks have a residual.
  var residuals: Residuals { convention.residuals }
  /// The stride of the first convolution.
  var firstStride: Int { convention.firstStride }
  /// The padding of all windows.
  var padding: PaddingStyle { convention.padding }
}

/// What the shapes of a network's weights do not tell.
struct NetworkConvention: Equatable {
  /// Of all batch normalisations, at least 0.
  var epsilon: Float
  /// The padding of all windows.
  var padding: PaddingStyle
  /// The network's activation; in MobileNetV3 that of the layers that have not ReLU.
  var activation: Activation
  /// The stride of the first convolution, 1 or 2.
  var firstStride = 2
  /// Which blocks have a residual.
  var residuals = Residuals.all
}

/// Which of the blocks have a residual whose stride is 1 and whose results are as many channels as what
/// they read. At the usual widths these are the same ones.
enum Residuals {
  /// All of them.
  case all
  /// All but the first block.
  case notOfFirstBlock
  /// All but the first of each stage.
  case notOfFirstInStage

  /// Whether a block may have one.
  func allow(stage: Int, repetition: Int) -> Bool {
    switch self {
    case .all: true
    case .notOfFirstBlock: stage > 0 || repetition > 0
    case .notOfFirstInStage: repetition > 0
    }
  }
}
