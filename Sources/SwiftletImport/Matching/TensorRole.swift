/// What a tensor is within its layer, read from the last word of its name.
enum TensorRole: CaseIterable {
  case weight
  case bias
  case mean
  case variance

  /// The words that frameworks use. Longer words stand before those they end in.
  var words: [String] {
    switch self {
    case .weight:
      [
        "depthwise_weights", "pointwise_weights", "depthwise_kernel", "pointwise_kernel",
        "weights", "weight", "kernel", "gamma", "scale",
      ]
    case .bias: ["biases", "bias", "beta", "offset"]
    case .mean: ["running_mean", "moving_mean", "mean"]
    case .variance:
      ["running_variance", "moving_variance", "running_var", "moving_var", "variance", "var"]
    }
  }

  /// Splits a name into its layer and its role: `conv1_bn.running_mean` → `conv1_bn`, mean.
  static func split(_ name: String) -> (stem: String, role: TensorRole)? {
    // TensorFlow appends an output number: `conv1/kernel:0`.
    let plain = name.hasSuffix(":0") ? String(name.dropLast(2)) : name
    let lowered = plain.lowercased()
    for role in allCases {
      for word in role.words where lowered.hasSuffix(word) {
        let stem = plain.dropLast(word.count)
        guard let separator = stem.last, separators.contains(separator) else { continue }
        return (String(stem.dropLast()), role)
      }
    }
    return nil
  }

  static let separators: Set<Character> = [".", "/", "_"]
}

/// The words of a layer's name without those that only say "convolution" or "normalisation":
/// `features.dw_norm_3` and `features.dw_conv_3` both give features, dw, 3.
func layerKey(_ stem: String) -> [String] {
  let kinds = [
    "batchnormalization", "convolution", "normalization", "batchnorm", "conv2d", "batch", "conv",
    "norm", "bn",
  ]
  return stem.lowercased().split { TensorRole.separators.contains($0) }.compactMap { word in
    for kind in kinds where word.hasPrefix(kind) {
      let rest = word.dropFirst(kind.count)
      if rest.isEmpty { return nil }
      if rest.allSatisfy(\.isNumber) { return String(rest) }
    }
    return String(word)
  }
}

/// Whether `a` comes before `b` when runs of digits count as numbers: `conv_2` before `conv_10`.
func naturallyPrecedes(_ a: String, _ b: String) -> Bool {
  let left = naturalParts(a)
  let right = naturalParts(b)
  for (x, y) in zip(left, right) where x != y {
    if let m = Int(x), let n = Int(y), m != n { return m < n }
    return x < y
  }
  return left.count < right.count
}

private func naturalParts(_ name: String) -> [String] {
  var parts: [String] = []
  var lastIsDigit = false
  for character in name {
    let isDigit = character.isASCII && character.isNumber
    if isDigit == lastIsDigit, !parts.isEmpty {
      parts[parts.count - 1].append(character)
    } else {
      parts.append(String(character))
    }
    lastIsDigit = isDigit
  }
  return parts
}
