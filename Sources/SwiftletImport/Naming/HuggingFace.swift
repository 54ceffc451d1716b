// Hugging Face's transformers. The names are those of the network without a classifier; with one, they
// stand behind the network's name (`mobilenet_v2.`), and the classifier's does not.

extension Architecture {
  /// How transformers calls the layers; nil for networks that it has not.
  func huggingFaceNames(_ layers: [WeightLayer]) -> [LayerNames]? {
    switch family {
    case .mobilenetV1: mobileNetV1Names(layers)
    case .mobilenetV2: mobileNetV2Names(layers)
    case .efficientnet: efficientNetNames(layers)
    case .resnet(let size): resNetNames(layers, size)
    case .mobilenetV3, .mobilenetV4, .fdMobilenet, .mnasnet, .mnasnetA1, .shufflenetV1,
      .shufflenetV2, .efficientnetV2, .efficientnetLite, .vgg:
      nil
    }
  }

  private func normalized(_ prefix: String) -> LayerNames {
    LayerNames(layer: "\(prefix).convolution", norm: "\(prefix).normalization")
  }

  private func mobileNetV1Names(_ layers: [WeightLayer]) -> [LayerNames] {
    let blocks = BlockLayers(layers)
    return [normalized("conv_stem")]
      + (0..<2 * blocks.blocks.count).map { normalized("layer.\($0)") }
      + classifier("classifier", blocks.tail.count)
  }

  private func mobileNetV2Names(_ layers: [WeightLayer]) -> [LayerNames] {
    let blocks = BlockLayers(layers)
    var names = ["conv_stem.first_conv", "conv_stem.conv_3x3", "conv_stem.reduce_1x1"]
    for index in 0..<blocks.blocks.count - 1 {
      names += ["expand_1x1", "conv_3x3", "reduce_1x1"].map { "layer.\(index).\($0)" }
    }
    return names.map(normalized) + [normalized("conv_1x1")]
      + classifier("classifier", blocks.tail.count - 1)
  }

  private func efficientNetNames(_ layers: [WeightLayer]) -> [LayerNames] {
    let blocks = BlockLayers(layers)
    var names = [LayerNames(layer: "embeddings.convolution", norm: "embeddings.batchnorm")]
    for (index, block) in blocks.blocks.enumerated() {
      let prefix = "encoder.blocks.\(index)"
      if block.expansion != nil {
        names.append(
          LayerNames(
            layer: "\(prefix).expansion.expand_conv", norm: "\(prefix).expansion.expand_bn"))
      }
      names += [
        LayerNames(
          layer: "\(prefix).depthwise_conv.depthwise_conv",
          norm: "\(prefix).depthwise_conv.depthwise_norm"),
        LayerNames(layer: "\(prefix).squeeze_excite.reduce", norm: nil),
        LayerNames(layer: "\(prefix).squeeze_excite.expand", norm: nil),
        LayerNames(
          layer: "\(prefix).projection.project_conv", norm: "\(prefix).projection.project_bn"),
      ]
    }
    names.append(LayerNames(layer: "encoder.top_conv", norm: "encoder.top_bn"))
    return names + classifier("classifier", blocks.tail.count - 1)
  }

  private func resNetNames(_ layers: [WeightLayer], _ size: ResNetSize) -> [LayerNames] {
    var names = [normalized("embedder.embedder")]
    // Of two or three convolutions, after which the skip's stands where there is one.
    for (stage, count) in size.counts.enumerated() {
      for repetition in 0..<count {
        let prefix = "encoder.stages.\(stage).layers.\(repetition)"
        names += (0..<(size.isBottleneck ? 3 : 2)).map { normalized("\(prefix).layer.\($0)") }
        if repetition == 0, stage > 0 || size.isBottleneck {
          names.append(normalized("\(prefix).shortcut"))
        }
      }
    }
    return names + classifier("classifier.1", layers.count - names.count)
  }

  private func classifier(_ name: String, _ count: Int) -> [LayerNames] {
    [LayerNames](repeating: LayerNames(layer: name, norm: nil), count: count)
  }
}
