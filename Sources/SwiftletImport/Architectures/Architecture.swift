import SwiftletGraph

/// The built-in networks. The raw value is the name on the command line.
public enum Architecture: String, CaseIterable, Sendable {
  case mobilenetV1 = "mobilenet_v1"
  case mobilenetV2 = "mobilenet_v2"
  case mobilenetV3Small = "mobilenet_v3_small"
  case mobilenetV3Large = "mobilenet_v3_large"
  case fdMobilenet = "fd_mobilenet"
  case mobilenetV4ConvSmall = "mobilenet_v4_conv_small"
  case mobilenetV4ConvMedium = "mobilenet_v4_conv_medium"
  case mnasnet
  case mnasnetA1 = "mnasnet_a1"
  case shufflenetV1x05 = "shufflenet_v1_x0_5"
  case shufflenetV1x10 = "shufflenet_v1_x1_0"
  case shufflenetV1x15 = "shufflenet_v1_x1_5"
  case shufflenetV1x20 = "shufflenet_v1_x2_0"
  case shufflenetV2x05 = "shufflenet_v2_x0_5"
  case shufflenetV2x10 = "shufflenet_v2_x1_0"
  case shufflenetV2x15 = "shufflenet_v2_x1_5"
  case shufflenetV2x20 = "shufflenet_v2_x2_0"
  case efficientnetB0 = "efficientnet_b0"
  case efficientnetB1 = "efficientnet_b1"
  case efficientnetB2 = "efficientnet_b2"
  case efficientnetB3 = "efficientnet_b3"
  case efficientnetB4 = "efficientnet_b4"
  case efficientnetV2Small = "efficientnet_v2_s"
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
    let aliases = ["mnasnet10": "mnasnet", "mnasnetb1": "mnasnet", "semnasnet100": "mnasneta1"]
    let alias = aliases[plain] ?? plain
    let match = Architecture.allCases.first { $0.rawValue.filter { $0 != "_" } == alias }
    guard let match else { return nil }
    self = match
  }

  /// Whether the network is defined for widths other than 1.
  var hasWidth: Bool {
    switch family {
    case .mobilenetV1, .mobilenetV2, .mobilenetV3, .fdMobilenet, .mnasnet: true
    case .efficientnet: self == .efficientnetB0
    case .mobilenetV4, .mnasnetA1, .shufflenetV1, .shufflenetV2, .efficientnetV2, .efficientnetLite,
      .resnet, .vgg:
      false
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
    case .fdMobilenet, .mobilenetV4, .mnasnet, .mnasnetA1, .shufflenetV1, .shufflenetV2, .resnet,
      .vgg:
      .relu
    case .mobilenetV3: .hardSwish
    case .efficientnet, .efficientnetV2: .silu
    }
  }

  /// Whether gates (squeeze-and-excitation) are part of it, whose place a weight file does not tell.
  var hasGates: Bool {
    switch family {
    case .mobilenetV3, .mnasnetA1, .efficientnet, .efficientnetV2: true
    case .mobilenetV1, .mobilenetV2, .mobilenetV4, .fdMobilenet, .mnasnet, .shufflenetV1,
      .shufflenetV2, .efficientnetLite, .resnet, .vgg:
      false
    }
  }

  /// Whether linear layers stand between the pooled vector and the classifier.
  var hasHiddenLayer: Bool {
    switch family {
    case .mobilenetV3, .mobilenetV4, .vgg: true
    case .mobilenetV1, .mobilenetV2, .fdMobilenet, .mnasnet, .mnasnetA1, .shufflenetV1,
      .shufflenetV2, .efficientnet, .efficientnetV2, .efficientnetLite, .resnet:
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
    case .mobilenetV1, .mobilenetV2, .mobilenetV3, .mobilenetV4, .fdMobilenet, .mnasnet, .mnasnetA1,
      .shufflenetV1, .shufflenetV2, .efficientnet, .efficientnetV2, .efficientnetLite, .resnet:
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
    case .mobilenetV4(let size): try mobileNetV4(&network, size)
    case .mnasnet: try mnasNet(&network)
    case .mnasnetA1: try mnasNetA1(&network)
    case .shufflenetV1(let size): try shuffleNetV1(&network, size)
    case .shufflenetV2(let size): try shuffleNetV2(&network, size)
    case .efficientnet(let size): try efficientNet(&network, size)
    case .efficientnetV2: try efficientNetV2(&network)
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
