extension Architecture {
  /// How keras.applications calls the layers of MobileNet: `conv1`, `conv_dw_N` and `conv_pw_N` for
  /// N = 1…13, each with its `_bn`, and `conv_preds`.
  func kerasNames(_ layers: [WeightLayer]) -> [LayerNames] {
    let blocks = BlockLayers(layers)
    let names =
      ["conv1"] + blocks.blocks.indices.flatMap { ["conv_dw_\($0 + 1)", "conv_pw_\($0 + 1)"] }
    return names.map { LayerNames(layer: $0, norm: "\($0)_bn") }
      + blocks.tail.map { _ in LayerNames(layer: "conv_preds", norm: nil) }
  }
}
