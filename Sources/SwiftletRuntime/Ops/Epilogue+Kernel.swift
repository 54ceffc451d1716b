internal import CSwiftletKernels

extension Epilogue {
  /// Throws unless the operation has as many operands as the epilogue reads, and they fit; only where
  /// `allowsAdd` may it read a second.
  func requireOperands(_ reader: OperationReader, allowsAdd: Bool) throws(BundleError) {
    switch self {
    case .requantize, .hardSwish, .curve: try reader.requireOperands(1)
    case .add:
      try reader.check.require(
        allowsAdd, "epilogue", Int(kind.rawValue), "0, 1 or 3: only conv2D can add")
      try reader.requireOperands(2)
      let skip = reader.operands[1]
      try reader.check.require(
        reader.tensor(skip).hasSameShape(as: reader.outputTensor), "second operand", skip,
        "a tensor of the output's shape")
    }
  }

  /// The kernels' parameters, of an operation with these blocks; `skip` is where the second operand
  /// stands, if there is one.
  func parameters(_ blocks: ChannelBlocks, skip: UnsafePointer<Int8>?) -> SwlEpilogue {
    var parameters = SwlEpilogue()
    parameters.kind = Int32(kind.rawValue)
    switch self {
    case .requantize: break
    case .hardSwish(let fractionBits, let outputShift):
      parameters.fraction_bits = Int32(fractionBits)
      parameters.output_shift = Int32(outputShift)
    case .add(let multiplier):
      parameters.skip_multiplier = Int32(multiplier)
      parameters.skip = skip
    case .curve(let coreShift, let outputShift, let hasRamp):
      parameters.core_shift = Int32(coreShift)
      parameters.output_shift = Int32(outputShift)
      parameters.ramp = hasRamp ? 1 : 0
      parameters.curve = blocks.curve
    }
    return parameters
  }
}
