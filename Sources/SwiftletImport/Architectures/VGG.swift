import SwiftletGraph

/// How many convolutions the five stages have.
struct VGGSize {
  let counts: [Int]
  /// Whether batch normalisations follow the convolutions.
  let hasNorms: Bool
}

/// VGG (Simonyan and Zisserman, 2014) with torchvision's module names: 3×3 convolutions, a 2×2 max-pool
/// after each stage, and three linear layers over 7 × 7 pixels.
///
/// - Throws: what the builder throws, and `layer` for an image of another size than 224 × 224 or a
///   multiple: the linear layers read 7 × 7 pixels, or means of as many parts.
func vgg(_ network: inout ArchitectureBuilder, _ size: VGGSize) throws(NetworkProblem) {
  let variant = network.variant
  var x = network.input
  var number = 0
  for (stage, outputs) in [64, 128, 256, 512, 512].enumerated() {
    for _ in 0..<size.counts[stage] {
      let name = "features.\(number)"
      let hasNorm = size.hasNorms && !variant.isFolded
      if hasNorm {
        x = try network.normalizedConvolution(
          x, (name, "features.\(number + 1)"), outputs: outputs, kernel: 3)
      } else {
        x = try network.convolution(x, name, outputs: outputs, kernel: 3, bias: true)
      }
      number += size.hasNorms ? 2 : 1
      x = try network.activation(x, "features.\(number)", variant.activation)
      number += 1
    }
    x = try network.maxPool(x, "features.\(number)", kernel: 2, stride: 2, pads: false)
    number += 1
  }
  x = try network.flattened(x, "avgpool", side: 7)
  for place in [0, 3] {
    x = try network.hiddenLayer(
      x, "classifier.\(place)", outputs: 4096,
      activation: ("classifier.\(place + 1)", variant.activation))
  }
  try network.classifier(x, "classifier.6")
}
