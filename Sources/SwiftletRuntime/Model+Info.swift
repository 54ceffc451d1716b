/// What there is to know about a tensor of a bundle.
public struct TensorInfo: Sendable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// Channels, which are side by side in memory.
  public let channels: Int
  /// 1, or `channels`.
  public let quantizationCount: Int
  /// UTF-8; unique in the bundle.
  public let name: ByteView
  /// UTF-8: the float graph's layer whose result the tensor holds.
  public let source: ByteView
  let quantizations: ByteView

  /// What the tensor holds.
  public let elementType: ElementType
  /// Numbers.
  public var elementCount: Int { height * width * channels }
  /// Bytes of all numbers.
  public var byteCount: Int { elementCount * elementType.byteCount }

  /// The scale and zero point of a channel.
  public func quantization(_ channel: Int) -> QuantizationRecord {
    precondition(channel >= 0 && channel < channels)
    let index = quantizationCount == 1 ? 0 : channel
    return QuantizationRecord(quantizations, at: index * BundleLayout.quantizationRecordLength)
  }

  /// All `quantizationCount` of them.
  public var quantization: [QuantizationRecord] {
    var records: [QuantizationRecord] = []
    records.reserveCapacity(quantizationCount)
    for index in 0..<quantizationCount {
      records.append(
        QuantizationRecord(quantizations, at: index * BundleLayout.quantizationRecordLength))
    }
    return records
  }
}

/// A named input or output of the network.
public struct PortInfo: Sendable {
  /// UTF-8; unique among the inputs, or among the outputs.
  public let name: ByteView
  /// The tensor's index.
  public let tensor: Int
}

/// What there is to know about an operation of a bundle.
public struct OperationInfo: Sendable {
  /// UTF-8.
  public let name: ByteView
  /// What it computes.
  public let kind: OperationKind
  /// What that is called, for example `conv2D`.
  public let kindName: StaticString
  /// How its sums become int8.
  public let epilogue: EpilogueKind
  /// Indices of the tensors it reads.
  public let inputs: [Int]
  /// The index of the tensor it computes.
  public let output: Int
  /// Multiply-accumulates, padding included.
  public let macCount: Int64
  /// Bytes of packed weights.
  public let weightsLength: Int
  /// The sliding window of convolutions and pools.
  public let window: Window?
}

extension Model {
  /// How many tensors the bundle has.
  public var tensorCount: Int { tensors.count }

  /// The tensor at `index`.
  public func tensor(_ index: Int) -> TensorInfo {
    let tensor = tensors[index]
    let length = BundleLayout.quantizationRecordLength
    return TensorInfo(
      height: tensor.height, width: tensor.width, channels: tensor.channels,
      quantizationCount: tensor.quantizationCount, name: string(tensor.name),
      source: string(tensor.source),
      quantizations: reader.section(.quantization)
        .slice(tensor.quantizationIndex * length, tensor.quantizationCount * length),
      elementType: tensor.elementType)
  }

  /// The network's inputs.
  public var inputs: [PortInfo] {
    inputPorts.map { PortInfo(name: string($0.name), tensor: $0.tensor) }
  }

  /// The network's outputs.
  public var outputs: [PortInfo] {
    outputPorts.map { PortInfo(name: string($0.name), tensor: $0.tensor) }
  }

  /// How many operations the bundle has.
  public var operationCount: Int { operations.count }

  /// The operation at `index` of the execution order.
  public func operation(_ index: Int) -> OperationInfo {
    let operation = operations[index]
    return OperationInfo(
      name: string(operation.header.name), kind: operation.header.kind,
      kindName: operation.name, epilogue: operation.epilogue, inputs: operation.operands,
      output: operation.output, macCount: operation.macCount,
      weightsLength: operation.weights?.bytes.count ?? 0, window: operation.window)
  }

  /// How many class names the bundle has.
  public var labelCount: Int { reader.section(.labels).count / StringRange.length }

  /// The UTF-8 name of the class `index`.
  public func label(_ index: Int) -> ByteView {
    string(StringRange(reader.section(.labels), at: index * StringRange.length))
  }

  /// How many lines of provenance the bundle has.
  public var provenanceCount: Int {
    reader.section(.provenance).count / BundleLayout.keyValueRecordLength
  }

  /// A line of provenance, for example `source-sha256` and its digits, in UTF-8.
  public func provenance(_ index: Int) -> (key: ByteView, value: ByteView) {
    let record = KeyValueRecord(
      reader.section(.provenance), at: index * BundleLayout.keyValueRecordLength)
    return (string(record.key), string(record.value))
  }
}
