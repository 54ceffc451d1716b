import SwiftletGraph

/// What networks share that differ in size only: everything but how many blocks and channels they have.
enum ArchitectureFamily {
  case mobilenetV1
  case mobilenetV2
  case mobilenetV3
  case fdMobilenet
  case mnasnet
  case efficientnet(EfficientNetSize)
  case efficientnetLite(EfficientNetSize)
  case resnet(ResNetSize)
  case vgg(VGGSize)
}

extension Architecture {
  /// The family, and the size within it where its members are networks of their own.
  var family: ArchitectureFamily {
    switch self {
    case .mobilenetV1: .mobilenetV1
    case .mobilenetV2: .mobilenetV2
    case .mobilenetV3Small, .mobilenetV3Large: .mobilenetV3
    case .fdMobilenet: .fdMobilenet
    case .mnasnet: .mnasnet
    // Tan and Le, 2019, and the authors' code.
    case .efficientnetB0: .efficientnet(EfficientNetSize(width: 1, depth: 1))
    case .efficientnetB1: .efficientnet(EfficientNetSize(width: 1, depth: 1.1))
    case .efficientnetB2: .efficientnet(EfficientNetSize(width: 1.1, depth: 1.2))
    case .efficientnetB3: .efficientnet(EfficientNetSize(width: 1.2, depth: 1.4))
    case .efficientnetB4: .efficientnet(EfficientNetSize(width: 1.4, depth: 1.8))
    case .efficientnetLite0: .efficientnetLite(EfficientNetSize(width: 1, depth: 1))
    case .efficientnetLite1: .efficientnetLite(EfficientNetSize(width: 1, depth: 1.1))
    case .efficientnetLite2: .efficientnetLite(EfficientNetSize(width: 1.1, depth: 1.2))
    case .efficientnetLite3: .efficientnetLite(EfficientNetSize(width: 1.2, depth: 1.4))
    case .efficientnetLite4: .efficientnetLite(EfficientNetSize(width: 1.4, depth: 1.8))
    // He et al., 2015, table 1.
    case .resnet18: .resnet(ResNetSize(counts: [2, 2, 2, 2], isBottleneck: false))
    case .resnet34: .resnet(ResNetSize(counts: [3, 4, 6, 3], isBottleneck: false))
    case .resnet50: .resnet(ResNetSize(counts: [3, 4, 6, 3], isBottleneck: true))
    case .resnet101: .resnet(ResNetSize(counts: [3, 4, 23, 3], isBottleneck: true))
    case .resnet152: .resnet(ResNetSize(counts: [3, 8, 36, 3], isBottleneck: true))
    // Simonyan and Zisserman, 2014, table 1, columns D and E.
    case .vgg16: .vgg(VGGSize(counts: [2, 2, 3, 3, 3], hasNorms: false))
    case .vgg16Norm: .vgg(VGGSize(counts: [2, 2, 3, 3, 3], hasNorms: true))
    case .vgg19: .vgg(VGGSize(counts: [2, 2, 4, 4, 4], hasNorms: false))
    case .vgg19Norm: .vgg(VGGSize(counts: [2, 2, 4, 4, 4], hasNorms: true))
    }
  }
}
