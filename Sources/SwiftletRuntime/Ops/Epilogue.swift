internal import CSwiftletKernels

/// A verified epilogue: how a multiply-accumulate's sum becomes int8.
enum Epilogue: Sendable {
  case requantize
  /// f in 0…12, F in 2…7.
  case hardSwish(fractionBits: Int32, outputShift: Int32)
  /// m_r in 0…2¹⁴ − 1; `skip` is a tensor of the output's shape.
  case add(multiplier: Int32, skip: Int)

  /// Reads the epilogue of an operation; only where `allowsAdd` may it take a second operand.
  init(_ reader: OperationReader, allowsAdd: Bool) throws(BundleError) {
    let record = reader.record
    switch reader.epilogue {
    case .requantize:
      try reader.requireOperands(1)
      self = .requantize
    case .hardSwish:
      try reader.requireOperands(1)
      try reader.check.require(
        record.fractionBits >= 0 && record.fractionBits <= 12, "fraction bits",
        Int(record.fractionBits), "0 to 12")
      try reader.check.require(
        record.outputShift >= 2 && record.outputShift <= 7, "output shift",
        Int(record.outputShift), "2 to 7")
      self = .hardSwish(fractionBits: record.fractionBits, outputShift: record.outputShift)
    case .add:
      try reader.check.require(
        allowsAdd, "epilogue", Int(clamping: record.epilogue), "0 or 1: only conv2D can add")
      try reader.requireOperands(2)
      let skip = reader.operands[1]
      try reader.check.require(
        reader.tensor(skip).hasSameShape(as: reader.outputTensor), "second operand", skip,
        "a tensor of the output's shape")
      try reader.check.require(
        record.multiplierA >= 0 && record.multiplierA < 1 << 14, "multiplier a",
        Int(record.multiplierA), "0 to 2¹⁴ − 1")
      self = .add(multiplier: record.multiplierA, skip: skip)
    }
  }

  /// The record fields that the epilogue uses.
  var fields: RecordFields {
    switch self {
    case .requantize: return []
    case .hardSwish: return [.epilogue, .fractionBits, .outputShift]
    case .add: return [.epilogue, .multiplierA]
    }
  }

  /// The kernels' parameters.
  func parameters(_ builder: StepBuilder) -> SwlEpilogue {
    switch self {
    case .requantize:
      return SwlEpilogue(
        kind: Int32(EpilogueKind.requantize.rawValue), fraction_bits: 0, output_shift: 0,
        skip_multiplier: 0, skip: nil)
    case .hardSwish(let fractionBits, let outputShift):
      return SwlEpilogue(
        kind: Int32(EpilogueKind.hardSwish.rawValue), fraction_bits: fractionBits,
        output_shift: outputShift, skip_multiplier: 0, skip: nil)
    case .add(let multiplier, let skip):
      return SwlEpilogue(
        kind: Int32(EpilogueKind.add.rawValue), fraction_bits: 0, output_shift: 0,
        skip_multiplier: multiplier, skip: builder.input(skip))
    }
  }
}
