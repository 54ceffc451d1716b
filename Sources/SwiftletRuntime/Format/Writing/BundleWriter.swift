// Not part of an Embedded build, which writes no bundles: Tools/arm/build-embedded leaves this folder
// out.

/// A tensor of a bundle that is being written.
public struct TensorID: Hashable, Sendable {
  let index: UInt32
}

/// The contents of a bundle while it is put together.
///
/// A weight exists once: where it will stand in the weights section.
public struct BundleWriter: Sendable {
  private var tensors = RecordEncoder()
  private var tensorCount: UInt32 = 0
  private var operations = RecordEncoder()
  private var operands: [UInt32] = []
  private var quantization = RecordEncoder()
  private var quantizationCount = 0
  private var inputs: [PortRecord] = []
  private var outputs: [PortRecord] = []
  private var parameters: [UInt8] = []
  private var weights: [UInt8] = []
  private var strings: [UInt8] = []
  private var knownStrings: [String: StringRange] = [:]
  private var labels: [StringRange] = []
  private var provenance: [KeyValueRecord] = []
  private var preprocessing: [PreprocessingRecord] = []
  private var tasks = RecordEncoder()

  /// How many operations have been added.
  public private(set) var operationCount = 0

  /// Bytes of all packed weights.
  public var weightsLength: Int { weights.count }

  /// Starts an empty bundle.
  public init() {}

  /// Adds an int8 tensor.
  ///
  /// - Parameters:
  ///   - name: unique in the bundle.
  ///   - source: the float graph's layer whose result it holds.
  ///   - height: rows.
  ///   - width: columns.
  ///   - channels: side by side in memory.
  ///   - records: one for the tensor, or one a channel.
  /// - Returns: what operations and ports refer to it by.
  public mutating func addTensor(
    _ name: String, source: String, height: Int, width: Int, channels: Int,
    quantization records: [QuantizationRecord]
  ) -> TensorID {
    let record = TensorRecord(
      height: UInt32(height), width: UInt32(width), channels: UInt32(channels),
      quantizationIndex: UInt32(quantizationCount), quantizationCount: UInt32(records.count),
      name: string(name), source: string(source))
    tensors.append(record.encoded())
    for record in records { quantization.append(record.encoded()) }
    quantizationCount += records.count
    tensorCount += 1
    return TensorID(index: tensorCount - 1)
  }

  /// Names a tensor as the next input of the network.
  public mutating func addInput(_ name: String, tensor: TensorID) {
    inputs.append(PortRecord(isOutput: false, tensor: tensor.index, name: string(name)))
  }

  /// Names a tensor as the next output of the network.
  public mutating func addOutput(_ name: String, tensor: TensorID) {
    outputs.append(PortRecord(isOutput: true, tensor: tensor.index, name: string(name)))
  }

  /// Makes room for an operation's packed weights; all are zero until they are set.
  public mutating func reserveWeights(_ layout: WeightLayout) -> WeightArray {
    precondition(layout.length <= BundleLayout.maximumFileLength, "weights longer than any file")
    let offset = weights.count
    let end = offset + CheckedArithmetic.roundUp(layout.length, to: BundleLayout.alignment)
    weights.append(contentsOf: repeatElement(0, count: end - offset))
    return WeightArray(layout: layout, offset: UInt64(offset))
  }

  /// Packs the weights of one output channel, counted through all groups.
  ///
  /// - Parameters:
  ///   - levels: −127 to 127, in the order of the layout: (ky, kx, c), (ky, kx), or input elements.
  ///   - channel: the output channel.
  ///   - array: what `reserveWeights` returned.
  /// - Returns: the sum of the weights.
  @discardableResult
  public mutating func setWeights(
    _ levels: [Int8], channel: Int, in array: WeightArray
  ) -> Int {
    array.layout.store(levels, channel: channel, in: &weights, at: Int(array.offset))
  }

  /// Adds how images become an input; `record.input` says which.
  public mutating func addPreprocessing(_ record: PreprocessingRecord) {
    preprocessing.append(record)
  }

  /// Adds what some outputs mean.
  public mutating func addTask(_ task: OutputTask) {
    let bytes = task.encoded()
    let record = TaskRecord(
      kind: task.kind, parametersOffset: appendParameters(bytes),
      parametersLength: UInt64(bytes.count))
    tasks.append(record.encoded())
  }

  /// Sets the classes' names, which tasks refer to.
  public mutating func setLabels(_ names: [String]) {
    labels = names.map { string($0) }
  }

  /// Sets where the bundle comes from, in the order in which it is shown.
  public mutating func setProvenance(_ pairs: [(key: String, value: String)]) {
    provenance = pairs.map { KeyValueRecord(key: string($0.key), value: string($0.value)) }
  }

  /// Adds an operation: `encoded` is its parameter record, arrays included.
  mutating func add(
    _ kind: OperationKind, _ encoded: [UInt8], name: String, inputs: [TensorID], output: TensorID
  ) {
    let record = OperationRecord(
      kind: kind, operandIndex: UInt32(operands.count), operandCount: UInt32(inputs.count),
      output: output.index, name: string(name),
      parametersOffset: appendParameters(encoded), parametersLength: UInt64(encoded.count))
    operations.append(record.encoded())
    operands += inputs.map(\.index)
    operationCount += 1
  }

  private mutating func appendParameters(_ bytes: [UInt8]) -> UInt64 {
    let offset = parameters.count
    parameters += bytes
    let end = CheckedArithmetic.roundUp(parameters.count, to: BundleLayout.alignment)
    parameters.append(contentsOf: repeatElement(0, count: end - parameters.count))
    return UInt64(offset)
  }

  /// The place of `text` in the strings section; equal texts share one.
  private mutating func string(_ text: String) -> StringRange {
    if let known = knownStrings[text] { return known }
    let range = StringRange(offset: UInt32(strings.count), length: UInt32(text.utf8.count))
    strings += text.utf8
    knownStrings[text] = range
    return range
  }

  /// The finished bundle.
  public func finish() -> BundleFile {
    BundleFile(sections: SectionKind.allCases.dropLast().map { bytes(of: $0) }, weights: weights)
  }

  private func bytes(of kind: SectionKind) -> [UInt8] {
    var encoder = RecordEncoder()
    switch kind {
    case .tensors: return tensors.bytes
    case .operations: return operations.bytes
    case .operands: for operand in operands { encoder.append(operand) }
    case .quantization: return quantization.bytes
    case .ports: for port in inputs + outputs { encoder.append(port.encoded()) }
    case .parameters: return parameters
    case .preprocessing: for record in preprocessing { encoder.append(record.encoded()) }
    case .tasks: return tasks.bytes
    case .labels: for label in labels { encoder.append(label) }
    case .provenance: for record in provenance { encoder.append(record.encoded()) }
    case .strings: return strings
    case .weights: return weights
    }
    return encoder.bytes
  }
}
