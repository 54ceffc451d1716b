internal import CSwiftletKernels

extension Epilogue {
  /// Throws unless the operation has as many operands as the epilogue reads, and they fit; only where
  /// `allowsAdd` may it read a second.
  func requireOperands(_ reader: OperationReader, allowsAdd: Bool) throws(BundleError) {
    switch self {
    case .requantize, .hardSwish: try reader.requireOperands(1)
    case .add:
      try reader.check.require(
        allowsAdd, "epilogue", Int(kind.rawValue), "0 or 1: only conv2D can add")
      try reader.requireOperands(2)
      let skip = reader.operands[1]
      try reader.check.require(
        reader.tensor(skip).hasSameShape(as: reader.outputTensor), "second operand", skip,
        "a tensor of the output's shape")
    }
  }

  /// The kernels' parameters; `skip` is where the second operand stands, if there is one.
  func parameters(skip: UnsafePointer<Int8>?) -> SwlEpilogue {
    switch self {
    case .requantize:
      return SwlEpilogue(
        kind: Int32(kind.rawValue), fraction_bits: 0, output_shift: 0, skip_multiplier: 0,
        skip: nil)
    case .hardSwish(let fractionBits, let outputShift):
      return SwlEpilogue(
        kind: Int32(kind.rawValue), fraction_bits: Int32(fractionBits),
        output_shift: Int32(outputShift), skip_multiplier: 0, skip: nil)
    case .add(let multiplier):
      return SwlEpilogue(
        kind: Int32(kind.rawValue), fraction_bits: 0, output_shift: 0,
        skip_multiplier: Int32(multiplier), skip: skip)
    }
  }
}
