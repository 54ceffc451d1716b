// pytorch-image-models (timm): `conv_stem`, `blocks.STAGE.BLOCK.…`, `conv_head`, `classifier`. A block
// without expansion has conv_dw and conv_pw, one with expansion conv_pw, conv_dw and conv_pwl; the batch
// normalisations are counted in each.

extension Architecture {
  /// How timm calls the layers; nil for networks that it has not, or not under names of its own (its
  /// ResNets have torchvision's, and its VGGs other ones that are not known here).
  func timmNames(_ layers: [WeightLayer]) -> [LayerNames]? {
    let stages: [Int]
    switch family {
    case .mobilenetV1: stages = [1, 2, 2, 6, 2]
    case .mobilenetV2: stages = [1, 2, 3, 4, 3, 3, 1]
    case .mobilenetV3:
      stages = self == .mobilenetV3Small ? [1, 2, 3, 2, 3] : [1, 2, 3, 4, 2, 3]
    case .mnasnet: stages = [1, 3, 3, 3, 2, 4, 1]
    case .efficientnet(let size): stages = EfficientNetStage.all.map { size.count($0.count) }
    case .efficientnetLite(let size):
      stages = EfficientNetStage.all.indices.map { size.liteCount(stage: $0) }
    case .efficientnetV2: return timmV2Names(layers)
    case .mobilenetV4, .fdMobilenet, .mnasnetA1, .shufflenetV1, .shufflenetV2, .resnet, .vgg:
      return nil
    }
    let found = BlockLayers(layers)
    var names = [LayerNames(layer: "conv_stem", norm: "bn1")]
    for (stage, repetition, block) in found.stages(stages) {
      names += timmNames("blocks.\(stage).\(repetition)", block)
    }
    // In MobileNetV3 the last convolution stands in a stage of its own, and the layer between the
    // pooled vector and the classifier is the head.
    let tail =
      hasHiddenLayer
      ? [
        LayerNames(layer: "blocks.\(stages.count).0.conv", norm: "blocks.\(stages.count).0.bn1"),
        LayerNames(layer: "conv_head", norm: nil),
      ] : self == .mobilenetV1 ? [] : [LayerNames(layer: "conv_head", norm: "bn2")]
    names += (tail + [LayerNames(layer: "classifier", norm: nil)]).prefix(found.tail.count)
    return names
  }

  /// EfficientNetV2's first stages have a convolution, or one and a projection, in place of a block's
  /// three.
  private func timmV2Names(_ layers: [WeightLayer]) -> [LayerNames] {
    var names = [LayerNames(layer: "conv_stem", norm: "bn1")]
    for (index, stage) in EfficientNetV2Stage.small.enumerated() {
      for repetition in 0..<stage.count {
        let prefix = "blocks.\(index).\(repetition)"
        if stage.isFused {
          let parts = stage.expansion == 1 ? ["conv"] : ["conv_exp", "conv_pwl"]
          names += parts.enumerated().map {
            LayerNames(layer: "\(prefix).\($1)", norm: "\(prefix).bn\($0 + 1)")
          }
        } else {
          let whole = BlockLayers.Block(expansion: 0, depthwise: 1, gate: (2, 3), projection: 4)
          names += timmNames(prefix, whole)
        }
      }
    }
    names += [
      LayerNames(layer: "conv_head", norm: "bn2"), LayerNames(layer: "classifier", norm: nil),
    ]
    return Array(names.prefix(layers.count))
  }

  private func timmNames(_ prefix: String, _ block: BlockLayers.Block) -> [LayerNames] {
    func named(_ layer: String, _ norm: Int? = nil) -> LayerNames {
      LayerNames(layer: "\(prefix).\(layer)", norm: norm.map { "\(prefix).bn\($0)" })
    }
    let gate = block.gate == nil ? [] : [named("se.conv_reduce"), named("se.conv_expand")]
    return block.expansion == nil
      ? [named("conv_dw", 1)] + gate + [named("conv_pw", 2)]
      : [named("conv_pw", 1), named("conv_dw", 2)] + gate + [named("conv_pwl", 3)]
  }
}
