import SwiftletGraph

// efficientnet-pytorch (Melas-Kyriazi): `_conv_stem`, `_blocks.N.…`, `_conv_head`, `_fc`. The names of the
// Lite forms are the graph's own.

extension Architecture {
  /// How efficientnet-pytorch calls the layers; nil for networks that it has not.
  func efficientNetPyTorchNames(_ layers: [WeightLayer]) -> [LayerNames]? {
    guard case .efficientnet = family else { return nil }
    let found = BlockLayers(layers)
    var names = [LayerNames(layer: "_conv_stem", norm: "_bn0")]
    for (index, block) in found.blocks.enumerated() {
      func named(_ layer: String, _ norm: Int? = nil) -> LayerNames {
        LayerNames(
          layer: "_blocks.\(index)._\(layer)", norm: norm.map { "_blocks.\(index)._bn\($0)" })
      }
      if block.expansion != nil { names.append(named("expand_conv", 0)) }
      names.append(named("depthwise_conv", 1))
      if block.gate != nil { names += [named("se_reduce"), named("se_expand")] }
      names.append(named("project_conv", 2))
    }
    let tail = [
      LayerNames(layer: "_conv_head", norm: "_bn1"), LayerNames(layer: "_fc", norm: nil),
    ]
    return names + tail.prefix(found.tail.count)
  }
}
