import SwiftletGraph

/// What networks share that differ in size only: everything but how many blocks and channels they have.
enum ArchitectureFamily {
  case mobilenetV1
  case mobilenetV2
  case mobilenetV3
  case fdMobilenet
  case mnasnet
  case mnasnetA1
  case mobilenetV4(MobileNetV4Size)
  case shufflenetV1(ShuffleNetV1Size)
  case shufflenetV2(ShuffleNetV2Size)
  case efficientnet(EfficientNetSize)
  case efficientnetV2
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
    case .mnasnetA1: .mnasnetA1
    case .mobilenetV4ConvSmall: .mobilenetV4(.convSmall)
    case .mobilenetV4ConvMedium: .mobilenetV4(.convMedium)
    // Zhang et al., 2017, table 1 for 3 groups, times 0.5, 1, 1.5 and 2; the stems as its authors' code.
    case .shufflenetV1x05: .shufflenetV1(ShuffleNetV1Size(stem: 12, stages: [120, 240, 480]))
    case .shufflenetV1x10: .shufflenetV1(ShuffleNetV1Size(stem: 24, stages: [240, 480, 960]))
    case .shufflenetV1x15: .shufflenetV1(ShuffleNetV1Size(stem: 24, stages: [360, 720, 1440]))
    case .shufflenetV1x20: .shufflenetV1(ShuffleNetV1Size(stem: 48, stages: [480, 960, 1920]))
    // Ma et al., 2018, table 5; 2.0 as torchvision has it.
    case .shufflenetV2x05: .shufflenetV2(ShuffleNetV2Size(stages: [48, 96, 192], last: 1024))
    case .shufflenetV2x10: .shufflenetV2(ShuffleNetV2Size(stages: [116, 232, 464], last: 1024))
    case .shufflenetV2x15: .shufflenetV2(ShuffleNetV2Size(stages: [176, 352, 704], last: 1024))
    case .shufflenetV2x20: .shufflenetV2(ShuffleNetV2Size(stages: [244, 488, 976], last: 2048))
    case .efficientnetV2Small: .efficientnetV2
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
