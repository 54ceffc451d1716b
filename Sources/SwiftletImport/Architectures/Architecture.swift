import SwiftletGraph

/// The built-in networks. The raw value is the name on the command line.
public enum Architecture: String, CaseIterable, Sendable {
  case mobilenetV1 = "mobilenet_v1"
  case mobilenetV2 = "mobilenet_v2"
  case mobilenetV3Small = "mobilenet_v3_small"
  case mobilenetV3Large = "mobilenet_v3_large"
  case fdMobilenet = "fd_mobilenet"
  case mnasnet
  case efficientnetB0 = "efficientnet_b0"
  case efficientnetB1 = "efficientnet_b1"
  case efficientnetB2 = "efficientnet_b2"
  case efficientnetB3 = "efficientnet_b3"
  case efficientnetB4 = "efficientnet_b4"
  case efficientnetLite0 = "efficientnet_lite0"
  case efficientnetLite1 = "efficientnet_lite1"
  case efficientnetLite2 = "efficientnet_lite2"
  case efficientnetLite3 = "efficientnet_lite3"
  case efficientnetLite4 = "efficientnet_lite4"
  case resnet18
  case resnet34
  case resnet50
  case resnet101
  case resnet152
  case vgg16
  case vgg16Norm = "vgg16_bn"
  case vgg19
  case vgg19Norm = "vgg19_bn"

  /// The architecture of a name; common spellings are understood (`MobileNetV2`, `mnasnet1_0`).
  public init?(name: String) {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    let alias = plain == "mnasnet10" ? "mnasnet" : plain
    let match = Architecture.allCases.first { $0.rawValue.filter { $0 != "_" } == alias }
    guard let match else { return nil }
    self = match
  }

  /// Whether the network is defined for widths other than 1.
  var hasWidth: Bool {
    switch family {
    case .mobilenetV1, .mobilenetV2, .mobilenetV3, .fdMobilenet, .mnasnet: true
    case .efficientnet: self == .efficientnetB0
    case .efficientnetLite, .resnet, .vgg: false
    }
  }

  /// The network's name in messages: `mobilenet_v2 at width 0.5`.
  func description(width: Double?) -> String {
    guard hasWidth, let width else { return rawValue }
    return "\(rawValue) at width \(width)"
  }

  /// The activation that its authors gave it; of MobileNetV3 the one that is not ReLU.
  var usualActivation: Activation {
    switch family {
    case .mobilenetV1, .mobilenetV2, .efficientnetLite: .relu6
    case .fdMobilenet, .mnasnet, .resnet, .vgg: .relu
    case .mobilenetV3: .hardSwish
    case .efficientnet: .silu
    }
  }

  /// Whether gates (squeeze-and-excitation) are part of it, whose place a weight file does not tell.
  var hasGates: Bool {
    switch family {
    case .mobilenetV3, .efficientnet: true
    case .mobilenetV1, .mobilenetV2, .fdMobilenet, .mnasnet, .efficientnetLite, .resnet, .vgg: false
    }
  }

  /// Whether linear layers stand between the pooled vector and the classifier.
  var hasHiddenLayer: Bool {
    switch family {
    case .mobilenetV3, .vgg: true
    case .mobilenetV1, .mobilenetV2, .fdMobilenet, .mnasnet, .efficientnet, .efficientnetLite,
      .resnet:
      false
    }
  }

  /// The variant of a width and class count that is usual in all else. The shapes of its weights
  /// depend on little else: the image's channels, and where the network ends.
  func variant(width: Double, classes: Int) -> NetworkVariant {
    NetworkVariant(
      width: width, classes: classes, convention: ownNaming.convention(self), input: smallestInput)
  }

  /// A size of image that the network can be built for at little cost.
  private var smallestInput: InputSize {
    switch family {
    case .vgg: 224
    case .mobilenetV1, .mobilenetV2, .mobilenetV3, .fdMobilenet, .mnasnet, .efficientnet,
      .efficientnetLite, .resnet:
      32
    }
  }

  /// The network with all its parameters unbound.
  ///
  /// - Throws: `NetworkProblem.layer` when a layer does not fit onto the image.
  func graph(_ variant: NetworkVariant) throws(NetworkProblem) -> Graph {
    var network = ArchitectureBuilder(variant)
    try build(&network)
    return network.graph
  }

  /// Appends all layers to a network that has only an input yet.
  ///
  /// - Throws: `NetworkProblem.layer` when a layer does not fit onto the image, `unmatched` when
  ///   `network` is not offered the weights of a layer.
  func build(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
    switch family {
    case .mobilenetV1: try mobileNetV1(&network)
    case .mobilenetV2: try mobileNetV2(&network)
    case .mobilenetV3:
      if self == .mobilenetV3Small {
        try mobileNetV3Small(&network)
      } else {
        try mobileNetV3Large(&network)
      }
    case .fdMobilenet: try fdMobileNet(&network)
    case .mnasnet: try mnasNet(&network)
    case .efficientnet(let size): try efficientNet(&network, size)
    case .efficientnetLite(let size): try efficientNetLite(&network, size)
    case .resnet(let size): try resNet(&network, size)
    case .vgg(let size): try vgg(&network, size)
    }
  }
}

/// `channels` rounded to the nearest multiple of 8, at least 8 and never below nine tenths of it:
/// the MobileNet authors' rule. Example: 18 → 24, because 16 < 16.2.
func roundedChannels(_ channels: Double) -> Int {
  let nearest = max(8, Int(channels + 4) / 8 * 8)
  return Double(nearest) < 0.9 * channels ? nearest + 8 : nearest
}
