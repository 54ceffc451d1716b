extension BundleWriter {
  /// Adds a convolution; `channels` has the constants of each output channel, group after group, and
  /// `curve` what the epilogue `curve` computes with.
  public mutating func add(
    _ parameters: Conv2DParameters, channels: [ChannelConstants], curve: CurveSegments? = nil,
    name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      Conv2DParameters.kind,
      parameters.encoded() + ChannelConstants.encode(channels, groups: parameters.groups)
        + (curve?.encoded ?? []),
      name: name, inputs: inputs, output: output)
  }

  /// Adds a depthwise convolution; `channels` has the constants of each channel, `curve` as above.
  public mutating func add(
    _ parameters: DepthwiseConv2DParameters, channels: [ChannelConstants],
    curve: CurveSegments? = nil,
    name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      DepthwiseConv2DParameters.kind,
      parameters.encoded() + ChannelConstants.encode(channels, groups: 1) + (curve?.encoded ?? []),
      name: name, inputs: inputs, output: output)
  }

  /// Adds a fully connected layer; `channels` has the constants of each output, `curve` as above.
  public mutating func add(
    _ parameters: FullyConnectedParameters, channels: [ChannelConstants],
    curve: CurveSegments? = nil,
    name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      FullyConnectedParameters.kind,
      parameters.encoded() + ChannelConstants.encode(channels, groups: 1) + (curve?.encoded ?? []),
      name: name, inputs: inputs, output: output)
  }

  /// Adds the sum of two tensors.
  public mutating func add(
    _ parameters: AddParameters, name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      AddParameters.kind, parameters.encoded(), name: name, inputs: inputs, output: output)
  }

  /// Adds the product of a tensor and a gate.
  public mutating func add(
    _ parameters: MultiplyParameters, name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      MultiplyParameters.kind, parameters.encoded(), name: name, inputs: inputs, output: output)
  }

  /// Adds the mean over a window; `entries` has one for each count of taps from 1 to all.
  public mutating func add(
    _ parameters: AveragePoolParameters, entries: [MeanEntry], name: String, inputs: [TensorID],
    output: TensorID
  ) {
    add(
      AveragePoolParameters.kind, parameters.encoded() + Self.encoded(entries), name: name,
      inputs: inputs, output: output)
  }

  /// Adds the largest value of a window.
  public mutating func add(
    _ parameters: MaxPoolParameters, name: String, inputs: [TensorID], output: TensorID
  ) {
    add(
      MaxPoolParameters.kind, parameters.encoded(), name: name, inputs: inputs, output: output)
  }

  /// Adds the mean over all pixels; `entry` is that for their number.
  public mutating func add(
    _ parameters: GlobalAveragePoolParameters, entry: MeanEntry, name: String,
    inputs: [TensorID], output: TensorID
  ) {
    add(
      GlobalAveragePoolParameters.kind, parameters.encoded() + Self.encoded([entry]), name: name,
      inputs: inputs, output: output)
  }

  /// Adds a table that each element goes through.
  public mutating func add(
    _ parameters: LookupParameters, table: LookupTable, name: String, inputs: [TensorID],
    output: TensorID
  ) {
    add(
      LookupParameters.kind, parameters.encoded() + table.bytes, name: name, inputs: inputs,
      output: output)
  }

  /// Adds a movement of elements: `pieces` write each element of the output once or, with a fill, at
  /// most once.
  public mutating func addCopy(
    fill: Int8? = nil, pieces: [CopyPiece], tables: [LookupTable] = [], name: String,
    inputs: [TensorID], output: TensorID
  ) {
    let parameters = CopyParameters(
      pieceCount: pieces.count, tableCount: tables.count, fill: fill)
    var encoder = RecordEncoder()
    encoder.append(parameters.encoded())
    for piece in pieces { encoder.append(piece.encoded()) }
    encoder.pad(toMultipleOf: BundleLayout.alignment)
    for table in tables { encoder.append(table.bytes) }
    add(CopyParameters.kind, encoder.bytes, name: name, inputs: inputs, output: output)
  }

  private static func encoded(_ entries: [MeanEntry]) -> [UInt8] {
    var encoder = RecordEncoder()
    for entry in entries { entry.encode(into: &encoder) }
    return encoder.bytes
  }
}
