/// Checks every record of a bundle and turns it into the typed plan that `Model` keeps.
///
/// Sizes and indices are trusted only after they passed here; operations check their own
/// parameters in `Ops/`.
struct Verifier {
  let reader: BundleReader
  private(set) var tensors: [Tensor] = []
  private(set) var inputs: [Port] = []
  private(set) var outputs: [Port] = []
  private(set) var operations: [Operation] = []
  /// Of each input.
  var preprocessing: [PreprocessingRecord?] = []
  var tasks: [OutputTask] = []
  var stringTotal = 0

  /// Verifies everything but the contents of the weights.
  init(_ reader: BundleReader) throws(BundleError) {
    self.reader = reader
    try readQuantization()
    try readTensors()
    try readPorts()
    try readOperations()
    try readPreprocessing()
    try checkLabels()
    try readTasks()
    try checkProvenance()
  }

  /// The records in a section of records of `length` bytes each.
  func recordCount(
    _ kind: SectionKind, _ length: Int, _ name: StaticString, maximum: Int
  ) throws(BundleError) -> Int {
    let section = reader.section(kind)
    if section.count % length != 0 {
      throw .section(
        kind, field: "length", found: UInt64(section.count), expected: "a whole number of records")
    }
    if section.count / length > maximum {
      throw .limit(name, found: Int64(section.count / length), maximum: Int64(maximum))
    }
    return section.count / length
  }

  private func readQuantization() throws(BundleError) {
    let length = BundleLayout.quantizationRecordLength
    let count = try recordCount(
      .quantization, length, "quantization records", maximum: BundleLayout.maximumFileLength)
    let section = reader.section(.quantization)
    for index in 0..<count {
      let record = QuantizationRecord(section, at: index * length)
      let check = RecordCheck(section: .quantization, index: index)
      try check.require(
        record.scale.isFinite && record.scale > 0, "scale (as bits)",
        Int(clamping: record.scale.bitPattern), "a finite number above zero")
      try check.require(
        record.zeroPoint >= -128 && record.zeroPoint <= 127, "zero point", Int(record.zeroPoint),
        "−128 to 127")
    }
  }

  private mutating func readTensors() throws(BundleError) {
    let length = BundleLayout.tensorRecordLength
    let count = try recordCount(
      .tensors, length, "tensors", maximum: BundleLayout.maximumTensors)
    let section = reader.section(.tensors)
    tensors.reserveCapacity(count)
    var quantizationTotal = 0
    for index in 0..<count {
      let view = section.slice(index * length, length)
      let tensor = try readTensor(view, RecordCheck(section: .tensors, index: index))
      tensors.append(tensor)
      quantizationTotal += tensor.quantizationCount
      if quantizationTotal > BundleLayout.maximumQuantizationTotal {
        throw .limit(
          "quantization records of tensors", found: Int64(quantizationTotal),
          maximum: Int64(BundleLayout.maximumQuantizationTotal))
      }
    }
    try checkUniqueTensorNames()
  }

  private mutating func readTensor(
    _ view: ByteView, _ check: RecordCheck
  ) throws(BundleError) -> Tensor {
    let record = TensorRecord(view, at: 0)
    try check.require(
      record.type == ElementType.int8.rawValue, "type", Int(clamping: record.type),
      record.type == ElementType.int16.rawValue
        ? "1 (int8): this program does not run int16 tensors yet" : "1 (int8)")
    let limit = BundleLayout.maximumDimension
    let (height, width) = (Int(clamping: record.height), Int(clamping: record.width))
    let channels = Int(clamping: record.channels)
    try check.require(height >= 1 && height <= limit, "height", height, "1 to 2²⁰")
    try check.require(width >= 1 && width <= limit, "width", width, "1 to 2²⁰")
    try check.require(channels >= 1 && channels <= limit, "channels", channels, "1 to 2²⁰")
    let size = CheckedArithmetic.product(
      height, width, channels, limit: Int64(BundleLayout.maximumTensorLength))
    try check.require(size != nil, "height", height, "at most 2²⁸ elements in a tensor")

    let available = reader.section(.quantization).count / BundleLayout.quantizationRecordLength
    let (first, count) = (
      Int(clamping: record.quantizationIndex), Int(clamping: record.quantizationCount)
    )
    try check.require(
      count == 1 || count == channels, "quantization count", count, "1, or one a channel")
    try check.require(
      first <= available && count <= available - first, "quantization index", first,
      "records within the quantization section")
    try checkString(record.name, "name", check)
    try checkString(record.source, "source", check)
    try check.require(view.slice(40, 24).isZero, "reserved bytes", 1, "zeros")
    return Tensor(
      elementType: .int8, height: height, width: width, channels: channels,
      quantizationIndex: first,
      quantizationCount: count, name: record.name, source: record.source)
  }

  private mutating func readPorts() throws(BundleError) {
    let length = BundleLayout.portRecordLength
    let count = try recordCount(.ports, length, "ports", maximum: BundleLayout.maximumPorts)
    let section = reader.section(.ports)
    for index in 0..<count {
      let record = PortRecord(section, at: index * length)
      let check = RecordCheck(section: .ports, index: index)
      try check.require(
        record.isOutput <= 1 && (record.isOutput == 1 || outputs.isEmpty), "direction",
        Int(clamping: record.isOutput), "0 for the inputs, which come first, then 1 for the outputs"
      )
      try check.require(
        Int(clamping: record.tensor) < tensors.count, "tensor", Int(clamping: record.tensor),
        "the index of a tensor")
      try checkString(record.name, "name", check)
      let port = Port(tensor: Int(clamping: record.tensor), name: record.name)
      for other in record.isOutput == 1 ? outputs : inputs {
        try check.require(
          !string(other.name).hasSameBytes(as: string(port.name)), "name", index,
          "a name no other port of this direction has")
        try check.require(
          record.isOutput == 1 || other.tensor != port.tensor, "tensor", port.tensor,
          "a tensor that is not an input already")
      }
      if record.isOutput == 1 { outputs.append(port) } else { inputs.append(port) }
    }
    if inputs.isEmpty || outputs.isEmpty {
      throw .section(
        .ports, field: "ports", found: UInt64(count), expected: "at least one input and one output")
    }
  }

  private mutating func readOperations() throws(BundleError) {
    let length = BundleLayout.operationRecordLength
    let count = try recordCount(
      .operations, length, "operations", maximum: BundleLayout.maximumOperations)
    let section = reader.section(.operations)
    _ = try recordCount(
      .operands, 4, "operands",
      maximum: BundleLayout.maximumOperations * BundleLayout.maximumOperands)
    var produced = [Bool](repeating: false, count: tensors.count)
    for port in inputs { produced[port.tensor] = true }
    operations.reserveCapacity(count)
    var work = WorkLimits()
    for index in 0..<count {
      let view = section.slice(index * length, length)
      let check = RecordCheck(section: .operations, index: index)
      let source = try OperationReader(
        view, check, bundle: reader, tensors: tensors, produced: produced)
      try checkString(source.header.name, "name", check)
      let operation = try source.header.kind.operation(source)
      produced[operation.output] = true
      try work.add(operation, output: tensors[operation.output])
      operations.append(operation)
    }
    for index in 0..<tensors.count where !produced[index] {
      throw .record(
        .tensors, record: index, field: "producer", found: 0,
        expected: "a tensor that is an input or that an operation computes")
    }
  }
}
