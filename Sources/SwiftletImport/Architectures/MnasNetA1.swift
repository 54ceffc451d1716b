import SwiftletGraph

/// MnasNet-A1 (Tan et al., 2019, figure 7a) with timm's module names (`mnasnet_a1`, `semnasnet_100`).
func mnasNetA1(_ network: inout ArchitectureBuilder) throws(NetworkProblem) {
  typealias Stage = (
    expansion: Int, kernel: Int, stride: Int, outputs: Int, count: Int, isGated: Bool
  )
  let stages: [Stage] = [
    (1, 3, 1, 16, 1, false), (6, 3, 2, 24, 2, false), (3, 5, 2, 40, 3, true),
    (6, 3, 2, 80, 4, false),
    (6, 3, 1, 112, 2, true), (6, 5, 2, 160, 3, true), (6, 3, 1, 320, 1, false),
  ]
  let activation = network.variant.activation
  var x = try network.normalizedConvolution(
    network.input, ("conv_stem", "bn1"), outputs: 32, kernel: 3,
    stride: network.variant.firstStride,
    activation: ("act1", activation))
  for (index, stage) in stages.enumerated() {
    for repetition in 0..<stage.count {
      let prefix = "blocks.\(index).\(repetition)"
      let (input, expanded) = (x, x.channels * stage.expansion)
      let stride = repetition == 0 ? stage.stride : 1
      // Batch normalisations are counted in each block.
      var norm = 0
      func names(_ layer: String) -> (conv: String, norm: String) {
        norm += 1
        return ("\(prefix).\(layer)", "\(prefix).bn\(norm)")
      }
      if stage.expansion != 1 {
        x = try network.normalizedConvolution(
          x, names("conv_pw"), outputs: expanded, activation: ("\(prefix).act1", activation))
      }
      x = try network.normalizedConvolution(
        x, names("conv_dw"), outputs: expanded, kernel: stage.kernel, stride: stride,
        groups: expanded, activation: ("\(prefix).act2", activation))
      if stage.isGated {
        x = try network.squeezeExcitation(
          x, "\(prefix).se", ("conv_reduce", "conv_expand"), squeezed: input.channels / 4,
          inner: activation, gate: .sigmoid)
      }
      x = try network.normalizedConvolution(
        x, names(stage.expansion == 1 ? "conv_pw" : "conv_pwl"), outputs: stage.outputs)
      if stride == 1 && input.channels == stage.outputs {
        x = try network.add(x, input, "\(prefix).add")
      }
    }
  }
  x = try network.normalizedConvolution(
    x, ("conv_head", "bn2"), outputs: 1280, activation: ("act2", activation))
  x = try network.globalAveragePool(x, "global_pool")
  try network.classifier(x, "classifier")
}
