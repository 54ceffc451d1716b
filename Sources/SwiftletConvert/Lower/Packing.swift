/// The packed weight layouts of the bundle (README.md, "Bundle").
enum Packing {
  static let block = 16
  static let quad = 4

  /// `count` rounded up to a multiple of `unit`.
  static func roundUp(_ count: Int, _ unit: Int) -> Int {
    (count + unit - 1) / unit * unit
  }

  /// One group of a convolution: `[⌈N/16⌉][⌈K/4⌉][16][4]`, K = (ky, kx, c) with c padded to a
  /// multiple of 4 per tap.
  ///
  /// `channels` holds, per output channel, `taps · inputs` weights in (ky, kx, c) order.
  static func convolution(_ channels: [[Int8]], taps: Int, inputs: Int) -> [Int8] {
    let paddedInputs = roundUp(inputs, quad)
    let depth = taps * paddedInputs
    var packed = [Int8](repeating: 0, count: roundUp(channels.count, block) * depth)
    for (n, weights) in channels.enumerated() {
      for tap in 0..<taps {
        for c in 0..<inputs {
          let k = tap * paddedInputs + c
          let quads = (n / block * (depth / quad) + k / quad) * block + n % block
          packed[quads * quad + k % quad] = weights[tap * inputs + c]
        }
      }
    }
    return packed
  }

  /// A depthwise convolution: `[⌈C/16⌉][kw][⌈kh/4⌉][16][4]`, taps down a column in groups of 4.
  ///
  /// `channels` holds, per channel, the weights in (ky, kx) order.
  static func depthwise(_ channels: [[Int8]], kernelHeight: Int, kernelWidth: Int) -> [Int8] {
    let quadRows = (kernelHeight + quad - 1) / quad
    let perChannel = kernelWidth * quadRows * quad
    var packed = [Int8](repeating: 0, count: roundUp(channels.count, block) * perChannel)
    for (c, weights) in channels.enumerated() {
      for y in 0..<kernelHeight {
        for x in 0..<kernelWidth {
          let row = (c / block * kernelWidth + x) * quadRows + y / quad
          packed[(row * block + c % block) * quad + y % quad] = weights[y * kernelWidth + x]
        }
      }
    }
    return packed
  }
}
