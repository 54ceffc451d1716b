import CSwiftletKernels
import SwiftletTestSupport

/// How an accumulator ends, with the numbers that are uniform in the tensor.
enum OracleEpilogue: Equatable {
  case requantize
  case hardSwish(fractionBits: Int, outputShift: Int)
  case add(multiplier: Int)
  case curve(KernelCurve, outputShift: Int)

  /// The output for one accumulator; `skip` is the other operand of `add`.
  func apply(_ accumulator: Int, _ c: OracleConstants, skip: Int) -> Int8 {
    let b = Oracle.requantize16(accumulator, shift: c.shift, multiplier: c.multiplier)
    switch self {
    case .requantize:
      return Int8(Oracle.clamp(Oracle.floorDivide(b, 64), c.lo, c.hi))
    case .hardSwish(let fractionBits, let outputShift):
      return Int8(
        Oracle.hardSwish(
          b, fractionBits: fractionBits, multiplier: c.secondMultiplier, zeroPoint: c.zeroPoint,
          outputShift: outputShift, lo: c.lo, hi: c.hi))
    case .add(let multiplier):
      return Int8(Oracle.residualAdd(b, skip, multiplier: multiplier, lo: c.lo, hi: c.hi))
    case .curve(let curve, let outputShift):
      return Int8(
        Oracle.finishCurve(
          curve.curve.apply(b), multiplier: c.secondMultiplier, zeroPoint: c.zeroPoint,
          outputShift: outputShift, lo: c.lo, hi: c.hi))
    }
  }

  /// The kernels' form of it, which lives as long as the curve does.
  func parameters(skip: UnsafePointer<Int8>?) -> SwlEpilogue {
    var parameters = SwlEpilogue()
    switch self {
    case .requantize:
      parameters.kind = Int32(SWL_EPILOGUE_REQUANTIZE.rawValue)
    case .hardSwish(let fractionBits, let outputShift):
      parameters.kind = Int32(SWL_EPILOGUE_HARD_SWISH.rawValue)
      parameters.fraction_bits = Int32(fractionBits)
      parameters.output_shift = Int32(outputShift)
    case .add(let multiplier):
      parameters.kind = Int32(SWL_EPILOGUE_ADD.rawValue)
      parameters.skip_multiplier = Int32(multiplier)
      parameters.skip = skip
    case .curve(let curve, let outputShift):
      parameters.kind = Int32(SWL_EPILOGUE_CURVE.rawValue)
      parameters.core_shift = Int32(curve.curve.coreShift)
      parameters.output_shift = Int32(outputShift)
      parameters.ramp = curve.curve.hasRamp ? 1 : 0
      parameters.curve = curve.pointer
    }
    return parameters
  }
}

/// The shape of a convolution.
struct ConvShape: CustomStringConvertible {
  var input: (h: Int, w: Int, c: Int)
  var outChannels: Int
  var kernel = (h: 1, w: 1)
  var stride = (h: 1, w: 1)
  var dilation = (h: 1, w: 1)
  var pad = (top: 0, left: 0, bottom: 0, right: 0)
  var groups = 1

  var outH: Int {
    (input.h + pad.top + pad.bottom - dilation.h * (kernel.h - 1) - 1) / stride.h + 1
  }
  var outW: Int {
    (input.w + pad.left + pad.right - dilation.w * (kernel.w - 1) - 1) / stride.w + 1
  }
  var groupInputs: Int { input.c / groups }
  var groupOutputs: Int { outChannels / groups }
  /// Weights of one output channel.
  var depth: Int { kernel.h * kernel.w * groupInputs }

  var description: String {
    "\(input.h)×\(input.w)×\(input.c)→\(outChannels) kernel \(kernel.h)×\(kernel.w)"
      + " stride \(stride.h),\(stride.w) dilation \(dilation.h),\(dilation.w)"
      + " pad \(pad.top),\(pad.left),\(pad.bottom),\(pad.right) groups \(groups)"
  }
}

/// A convolution with all its numbers; weights are [out][ky][kx][in of the group].
struct ConvProblem {
  var shape: ConvShape
  var input: [Int8]
  var weights: [Int8]
  var padding: [Int8]
  var channels: [OracleConstants]
  var epilogue: OracleEpilogue
  var skip: [Int8]

  /// The output by definition: every tap of every output summed.
  func expected() -> [Int8] {
    var output: [Int8] = []
    for y in 0..<shape.outH {
      for x in 0..<shape.outW {
        for channel in 0..<shape.outChannels {
          let accumulator = sum(y, x, channel) + channels[channel].bias
          let other = skip.isEmpty ? 0 : Int(skip[output.count])
          output.append(epilogue.apply(accumulator, channels[channel], skip: other))
        }
      }
    }
    return output
  }

  private func sum(_ y: Int, _ x: Int, _ channel: Int) -> Int {
    let firstInput = channel / shape.groupOutputs * shape.groupInputs
    var total = 0
    var weight = channel * shape.depth
    for ky in 0..<shape.kernel.h {
      let row = y * shape.stride.h + ky * shape.dilation.h - shape.pad.top
      for kx in 0..<shape.kernel.w {
        let column = x * shape.stride.w + kx * shape.dilation.w - shape.pad.left
        let isInside =
          (0..<shape.input.h).contains(row) && (0..<shape.input.w).contains(column)
        for i in firstInput..<firstInput + shape.groupInputs {
          let q =
            isInside ? input[(row * shape.input.w + column) * shape.input.c + i] : padding[i]
          total += Int(q) * Int(weights[weight])
          weight += 1
        }
      }
    }
    return total
  }

  /// [group][⌈N/16⌉][K/4][16][4], K = (ky, kx, c) with c padded to 4 per tap.
  func packedWeights() -> [Int8] {
    let blocks = (shape.groupOutputs + 15) / 16
    let paddedInputs = (shape.groupInputs + 3) / 4 * 4
    let paddedDepth = shape.kernel.h * shape.kernel.w * paddedInputs
    var packed = [Int8](repeating: 0, count: shape.groups * blocks * 16 * paddedDepth)
    for (index, weight) in weights.enumerated() {
      let channel = index / shape.depth
      let (group, n) = channel.quotientAndRemainder(dividingBy: shape.groupOutputs)
      let (tap, c) = (index % shape.depth).quotientAndRemainder(dividingBy: shape.groupInputs)
      let k = tap * paddedInputs + c
      let block = group * blocks + n / 16
      packed[(block * paddedDepth / 4 + k / 4) * 64 + n % 16 * 4 + k % 4] = weight
    }
    return packed
  }

  /// [⌈C/16⌉][kw][⌈kh/4⌉][16][4]: the layout of a depthwise convolution.
  func packedDepthwiseWeights() -> [Int8] {
    let quads = (shape.kernel.h + 3) / 4
    let blocks = (shape.outChannels + 15) / 16
    var packed = [Int8](repeating: 0, count: blocks * shape.kernel.w * quads * 64)
    for channel in 0..<shape.outChannels {
      for ky in 0..<shape.kernel.h {
        for kx in 0..<shape.kernel.w {
          let quad = (channel / 16 * shape.kernel.w + kx) * quads + ky / 4
          packed[quad * 64 + channel % 16 * 4 + ky % 4] =
            weights[(channel * shape.kernel.h + ky) * shape.kernel.w + kx]
        }
      }
    }
    return packed
  }
}
