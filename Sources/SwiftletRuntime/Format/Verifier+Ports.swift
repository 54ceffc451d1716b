extension Verifier {
  /// Reads how images become inputs: one record at most for each input.
  mutating func readPreprocessing() throws(BundleError) {
    let length = BundleLayout.preprocessingLength
    let count = try recordCount(
      .preprocessing, length, "preprocessing records", maximum: BundleLayout.maximumPorts)
    preprocessing = [PreprocessingRecord?](repeating: nil, count: inputs.count)
    for index in 0..<count {
      let check = RecordCheck(section: .preprocessing, index: index)
      let view = reader.section(.preprocessing).slice(index * length, length)
      let record = try PreprocessingRecord(view, check)
      let port = Int(clamping: record.input)
      try check.require(port < inputs.count, "input", port, "the index of an input")
      try check.require(
        preprocessing[port] == nil, "input", port, "an input that no other record is for")
      let input = tensors[inputs[port].tensor]
      try check.require(
        input.channels == record.format.channelCount, "channels of the input", input.channels,
        "those of the pixel format")
      let (height, width) = (Int(clamping: record.cropHeight), Int(clamping: record.cropWidth))
      try check.require(height == input.height, "crop height", height, "the height of the input")
      try check.require(width == input.width, "crop width", width, "the width of the input")
      preprocessing[port] = record
    }
  }

  /// Reads what the outputs mean.
  mutating func readTasks() throws(BundleError) {
    let length = BundleLayout.taskRecordLength
    let count = try recordCount(.tasks, length, "tasks", maximum: BundleLayout.maximumTasks)
    let context = TaskContext(
      inputs: inputs.map { tensors[$0.tensor] }, outputs: outputs.map { tensors[$0.tensor] },
      labelCount: reader.section(.labels).count / StringRange.length)
    for index in 0..<count {
      let check = RecordCheck(section: .tasks, index: index)
      let view = reader.section(.tasks).slice(index * length, length)
      let task = try readTask(view, check, context)
      tasks.append(task)
    }
  }

  private func readTask(
    _ view: ByteView, _ check: RecordCheck, _ context: TaskContext
  ) throws(BundleError) -> OutputTask {
    let record = TaskRecord(view, at: 0)
    try check.require(
      view.slice(4, 4).isZero && view.slice(24, 8).isZero, "reserved bytes", 1, "zeros")
    guard let kind = TaskKind(rawValue: record.kind) else {
      throw check.error("kind", Int(clamping: record.kind), "1 to 4")
    }
    let parameters = try reader.parameters(
      offset: record.parametersOffset, length: record.parametersLength, check)
    if kind == .boxes { return .boxes(try BoxesTask(parameters, check, context)) }
    try check.require(
      parameters.count == BundleLayout.alignment, "parameters length", parameters.count, "64")
    var decoder = RecordDecoder(parameters, check)
    switch kind {
    case .classes: return .classes(try ClassesTask(&decoder, context, ofPixels: false))
    case .vectors: return .vectors(try VectorsTask(&decoder, context))
    case .masks: return .masks(try ClassesTask(&decoder, context, ofPixels: true))
    case .boxes: preconditionFailure("read above")
    }
  }
}
