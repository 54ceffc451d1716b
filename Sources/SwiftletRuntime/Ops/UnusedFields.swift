/// Groups of an operation record's fields, to say which of them an operation uses.
struct RecordFields: OptionSet {
  let rawValue: Int

  static let epilogue = RecordFields(rawValue: 1 << 0)
  static let flags = RecordFields(rawValue: 1 << 1)
  static let window = RecordFields(rawValue: 1 << 2)
  static let dilation = RecordFields(rawValue: 1 << 3)
  static let groups = RecordFields(rawValue: 1 << 4)
  static let fractionBits = RecordFields(rawValue: 1 << 5)
  static let outputShift = RecordFields(rawValue: 1 << 6)
  static let multiplierA = RecordFields(rawValue: 1 << 7)
  static let multiplierB = RecordFields(rawValue: 1 << 8)
  static let addend = RecordFields(rawValue: 1 << 9)
  static let weights = RecordFields(rawValue: 1 << 10)
  static let parameters = RecordFields(rawValue: 1 << 11)
  static let clamp = RecordFields(rawValue: 1 << 12)
}

extension OperationReader {
  /// Throws unless every field outside `used` is zero, so that later versions can give it meaning.
  func requireZeros(except used: RecordFields) throws(BundleError) {
    try requireZero(.epilogue, used, "epilogue", Int(clamping: record.epilogue))
    try requireZero(.flags, used, "flags", Int(clamping: record.flags))
    try requireZero(.window, used, "kernel height", Int(clamping: record.kernelHeight))
    try requireZero(.window, used, "kernel width", Int(clamping: record.kernelWidth))
    try requireZero(.window, used, "stride height", Int(clamping: record.strideHeight))
    try requireZero(.window, used, "stride width", Int(clamping: record.strideWidth))
    try requireZero(.window, used, "pad top", Int(clamping: record.padTop))
    try requireZero(.window, used, "pad left", Int(clamping: record.padLeft))
    try requireZero(.window, used, "pad bottom", Int(clamping: record.padBottom))
    try requireZero(.window, used, "pad right", Int(clamping: record.padRight))
    try requireZero(.dilation, used, "dilation height", Int(clamping: record.dilationHeight))
    try requireZero(.dilation, used, "dilation width", Int(clamping: record.dilationWidth))
    try requireZero(.groups, used, "groups", Int(clamping: record.groups))
    try requireZero(.fractionBits, used, "fraction bits", Int(record.fractionBits))
    try requireZero(.outputShift, used, "output shift", Int(record.outputShift))
    try requireZero(.multiplierA, used, "multiplier a", Int(record.multiplierA))
    try requireZero(.multiplierB, used, "multiplier b", Int(record.multiplierB))
    try requireZero(.addend, used, "addend", Int(record.addend))
    try requireZero(.weights, used, "weights offset", Int(clamping: record.weightsOffset))
    try requireZero(.parameters, used, "parameters offset", Int(clamping: record.parametersOffset))
    try requireZero(.clamp, used, "lo", Int(record.lo))
    try requireZero(.clamp, used, "hi", Int(record.hi))
  }

  private func requireZero(
    _ group: RecordFields, _ used: RecordFields, _ field: StaticString, _ value: Int
  ) throws(BundleError) {
    if !used.contains(group) {
      try check.require(value == 0, field, value, "0: this operation does not use the field")
    }
  }
}
