/// An operation record whose operands are known to exist and to be computed before it, with the
/// checks that several operations share.
struct OperationReader {
  let header: OperationHeader
  let check: RecordCheck
  /// The parameter record.
  private let parameters: ByteView
  private let tensors: [Tensor]
  private let bundle: BundleReader

  /// Reads the 48 bytes of `view`; `produced` says which tensors hold values by now.
  init(
    _ view: ByteView, _ check: RecordCheck, bundle: BundleReader, tensors: [Tensor],
    produced: [Bool]
  ) throws(BundleError) {
    let record = OperationRecord(view, at: 0)
    self.check = check
    self.tensors = tensors
    self.bundle = bundle
    guard let kind = OperationKind(rawValue: record.kind) else {
      throw .record(
        .operations, record: check.index, field: "kind", found: Int(clamping: record.kind),
        expected: OperationKind.expected)
    }
    try check.require(view.slice(40, 8).isZero, "reserved bytes", 1, "zeros")

    parameters = try bundle.parameters(
      offset: record.parametersOffset, length: record.parametersLength, check)

    let section = bundle.section(.operands)
    let available = section.count / 4
    let (first, count) = (Int(clamping: record.operandIndex), Int(clamping: record.operandCount))
    try check.require(
      count >= 1 && count <= BundleLayout.maximumOperands, "operand count", count, "1 to 32")
    try check.require(
      first <= available && count <= available - first, "operand index", first,
      "operands within their section")
    var operands: [Int] = []
    for position in first..<(first + count) {
      let operand = Int(clamping: section.load(UInt32.self, at: position * 4))
      try check.require(operand < tensors.count, "operand", operand, "the index of a tensor")
      try check.require(
        produced[operand], "operand", operand, "a tensor that an earlier operation computes")
      operands.append(operand)
    }
    let output = Int(clamping: record.output)
    try check.require(output < tensors.count, "output", output, "the index of a tensor")
    try check.require(
      !produced[output], "output", output, "a tensor that is no input and computed once")
    header = OperationHeader(kind: kind, operands: operands, output: output, name: record.name)
  }

  /// Tensor indices.
  var operands: [Int] { header.operands }
  var output: Int { header.output }

  /// The verified tensor of an index from `operands` or `output`.
  func tensor(_ index: Int) -> Tensor { tensors[index] }

  /// The first operand and the output.
  var input: Tensor { tensors[operands[0]] }
  var outputTensor: Tensor { tensors[output] }

  func requireOperands(_ count: Int) throws(BundleError) {
    try check.require(
      operands.count == count, "operand count", operands.count,
      count == 1 ? "1 for this operation" : "2 for this operation")
  }

  /// Throws unless the output has this shape.
  func requireShape(_ height: Int, _ width: Int, _ channels: Int) throws(BundleError) {
    try requireEqual(height, outputTensor.height, "height")
    try requireEqual(width, outputTensor.width, "width")
    try requireEqual(channels, outputTensor.channels, "channels")
  }

  private func requireEqual(
    _ computed: Int, _ found: Int, _ axis: StaticString
  ) throws(BundleError) {
    if computed != found {
      throw .shape(operation: check.index, axis: axis, computed: computed, found: found)
    }
  }

  /// Throws unless all channels of the tensor have the same zero point; scales may differ.
  func requireOneZeroPoint(_ tensor: Tensor, _ field: StaticString) throws(BundleError) {
    let first = zeroPoint(tensor, channel: 0)
    for channel in 1..<max(tensor.quantizationCount, 1) {
      let other = zeroPoint(tensor, channel: channel)
      try check.require(other == first, field, other, "one zero point for all channels")
    }
  }

  /// The zero point of a channel.
  func zeroPoint(_ tensor: Tensor, channel: Int) -> Int {
    let index = tensor.quantizationIndex + (tensor.quantizationCount == 1 ? 0 : channel)
    let position = index * BundleLayout.quantizationRecordLength
    return Int(QuantizationRecord(bundle.section(.quantization), at: position).zeroPoint)
  }

  /// The fixed fields of the parameter record, for an operation that has this type of them.
  func decode<Parameters: OperationParameters>(
    _ type: Parameters.Type
  ) throws(BundleError) -> Parameters {
    try check.require(
      parameters.count >= Parameters.length, "parameters length", parameters.count,
      "the length of this operation's record")
    var decoder = RecordDecoder(parameters, check)
    let result = try Parameters(&decoder)
    try decoder.skipZeros(upTo: Parameters.length)
    return result
  }

  /// The arrays behind the fixed fields: exactly `length` bytes.
  func arrays<Parameters: OperationParameters>(
    of type: Parameters.Type, length: Int
  ) throws(BundleError) -> ByteView {
    try check.require(
      parameters.count - Parameters.length == length, "parameters length", parameters.count,
      "as many bytes as this operation's constants take")
    return parameters.slice(Parameters.length, length)
  }

  /// The product of three positive counts, refused when it is more than a bundle may ask for.
  func macCount(_ outputs: Int, _ taps: Int, _ channels: Int) throws(BundleError) -> Int64 {
    let limit = BundleLayout.maximumMacCount
    guard let count = CheckedArithmetic.product(outputs, taps, channels, limit: limit) else {
      throw .limit("multiply-accumulates", found: .max, maximum: limit)
    }
    return count
  }

  /// The packed weights at `offset` of the weights section.
  func weights(_ layout: WeightLayout, at offset: UInt64) throws(BundleError) -> ByteView {
    let limit = BundleLayout.maximumFileLength
    if layout.length > limit {
      throw .limit("bytes of weights", found: .max, maximum: Int64(limit))
    }
    let section = bundle.section(.weights)
    let start = Int(clamping: offset)
    try check.require(
      offset % UInt64(BundleLayout.alignment) == 0, "weights offset", start, "a multiple of 64")
    try check.require(
      start <= section.count && layout.length <= section.count - start, "weights offset", start,
      "an array within its section")
    return section.slice(start, layout.length)
  }
}
