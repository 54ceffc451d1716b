import SwiftletGraph

/// Whose names a file's tensors have. They tell what the shapes leave open, since whoever gave them
/// decided that too.
public enum Naming: String, CaseIterable, Sendable {
  /// Those of torchvision's modules.
  case torchvision
  /// Those of a network's authors, where torchvision has it not.
  case authors = "its authors"
  /// Those of `Tools/train`.
  case swiftlet = "Tools/train"
  /// Those of pytorch-image-models.
  case timm
  /// Those of Hugging Face's transformers.
  case huggingFace = "Hugging Face"
  /// Those of keras.applications.
  case keras = "Keras"
  /// Those of efficientnet-pytorch and efficientnet-lite-pytorch.
  case efficientNetPyTorch = "efficientnet-pytorch"
}

/// How a naming calls a layer.
struct LayerNames: Equatable {
  /// The convolution or linear layer, for example `blocks.0.0.conv_dw`.
  let layer: String
  /// The batch normalisation after it; nil where there is none.
  let norm: String?
}

extension Architecture {
  /// The naming of the graph's own layers.
  var ownNaming: Naming {
    switch family {
    case .mobilenetV1: .swiftlet
    case .fdMobilenet, .shufflenetV1: .authors
    case .mobilenetV4, .mnasnetA1: .timm
    case .efficientnetLite: .efficientNetPyTorch
    case .mobilenetV2, .mobilenetV3, .mnasnet, .shufflenetV2, .efficientnet, .efficientnetV2,
      .resnet, .vgg:
      .torchvision
    }
  }

  /// How a naming calls the layers of a graph, in execution order; nil where it does not have the
  /// network.
  func names(_ naming: Naming, of layers: [WeightLayer]) -> [LayerNames]? {
    if naming == ownNaming {
      return layers.map { LayerNames(layer: $0.name, norm: $0.normName) }
    }
    let names: [LayerNames]?
    switch naming {
    case .timm: names = timmNames(layers)
    case .huggingFace: names = huggingFaceNames(layers)
    case .keras: names = self == .mobilenetV1 ? kerasNames(layers) : nil
    case .efficientNetPyTorch: names = efficientNetPyTorchNames(layers)
    case .torchvision, .authors, .swiftlet: names = nil
    }
    precondition(names.map { $0.count == layers.count } ?? true, "a name for every layer")
    return names
  }
}

extension Naming {
  /// What its owner's network of this architecture has where shapes do not tell.
  ///
  /// torchvision's MobileNetV3 and EfficientNetV2 have an epsilon of 1e-3 and all its others PyTorch's 1e-5, which is also
  /// timm's for networks that it did not bring over from TensorFlow. Hugging Face's MobileNets and
  /// EfficientNets, Keras's and efficientnet-pytorch's are TensorFlow's: epsilon 1e-3 and SAME padding;
  /// Hugging Face's EfficientNets pad
  /// whatever the size as SAME does for even ones, and have fewer residuals where widths make them
  /// possible.
  ///
  /// - Parameters:
  ///   - architecture: the network.
  ///   - fromTensorFlow: whether it is one of those whose names timm begins with `tf_`.
  /// - Returns: what the network has.
  func convention(
    _ architecture: Architecture, fromTensorFlow: Bool = false
  ) -> NetworkConvention {
    let isTensorFlows: Bool
    var epsilon: Float = 1e-5
    switch self {
    case .torchvision:
      isTensorFlows = false
      switch architecture.family {
      case .mobilenetV3, .efficientnetV2: epsilon = 1e-3
      case .mobilenetV1, .mobilenetV2, .mobilenetV4, .fdMobilenet, .mnasnet, .mnasnetA1,
        .shufflenetV1, .shufflenetV2, .efficientnet, .efficientnetLite, .resnet, .vgg:
        break
      }
    case .authors, .swiftlet: isTensorFlows = false
    case .timm: isTensorFlows = fromTensorFlow
    case .huggingFace:
      switch architecture.family {
      case .resnet: isTensorFlows = false
      case .mobilenetV1, .mobilenetV2, .mobilenetV3, .mobilenetV4, .fdMobilenet, .mnasnet,
        .mnasnetA1, .shufflenetV1, .shufflenetV2, .efficientnet, .efficientnetV2, .efficientnetLite,
        .vgg:
        isTensorFlows = true
      }
    case .keras, .efficientNetPyTorch: isTensorFlows = true
    }
    var result = NetworkConvention(
      epsilon: isTensorFlows ? 1e-3 : epsilon, padding: isTensorFlows ? .same : .symmetric,
      activation: architecture.usualActivation)
    if self == .huggingFace {
      switch architecture.family {
      case .mobilenetV2: result.residuals = .notOfFirstBlock
      case .efficientnet: (result.padding, result.residuals) = (.even, .notOfFirstInStage)
      case .mobilenetV1, .mobilenetV3, .mobilenetV4, .fdMobilenet, .mnasnet, .mnasnetA1,
        .shufflenetV1, .shufflenetV2, .efficientnetV2, .efficientnetLite, .resnet, .vgg:
        break
      }
    }
    return result
  }
}
