extension Verifier {
  /// The bytes of a verified range.
  func string(_ range: StringRange) -> ByteView {
    reader.section(.strings).slice(Int(clamping: range.offset), Int(clamping: range.length))
  }

  /// Checks that a range is in the strings section, in bounds of the quotas, and UTF-8.
  mutating func checkString(
    _ range: StringRange, _ field: StaticString, _ check: RecordCheck
  ) throws(BundleError) {
    let available = reader.section(.strings).count
    let (offset, length) = (Int(clamping: range.offset), Int(clamping: range.length))
    try check.require(
      length <= BundleLayout.maximumStringLength, field, length, "a string of at most 2¹⁶ bytes")
    try check.require(
      offset <= available && length <= available - offset, field, offset,
      "a string within the strings section")
    stringTotal += length
    if stringTotal > BundleLayout.maximumStringTotal {
      throw .limit(
        "string bytes", found: Int64(stringTotal), maximum: Int64(BundleLayout.maximumStringTotal))
    }
    try check.require(string(range).isUTF8, field, offset, "a string of valid UTF-8")
  }

  /// Checks that no two tensors have one name: people and `--output-tensor` ask for them by name.
  func checkUniqueTensorNames() throws(BundleError) {
    var order = [Int](0..<tensors.count)
    order.sort { string(tensors[$0].name).precedes(string(tensors[$1].name)) }
    for position in order.indices.dropFirst() {
      let (index, other) = (order[position], order[position - 1])
      if string(tensors[index].name).hasSameBytes(as: string(tensors[other].name)) {
        throw .record(
          .tensors, record: index, field: "name", found: other,
          expected: "a name that no other tensor has")
      }
    }
  }

  mutating func checkLabels() throws(BundleError) {
    let count = try recordCount(.labels, 8, "labels", maximum: BundleLayout.maximumDimension)
    for index in 0..<count {
      let range = StringRange(reader.section(.labels), at: index * 8)
      try checkString(range, "label", RecordCheck(section: .labels, index: index))
    }
  }

  mutating func checkProvenance() throws(BundleError) {
    let length = BundleLayout.keyValueRecordLength
    let count = try recordCount(
      .provenance, length, "provenance records", maximum: BundleLayout.maximumDimension)
    for index in 0..<count {
      let record = KeyValueRecord(reader.section(.provenance), at: index * length)
      let check = RecordCheck(section: .provenance, index: index)
      try checkString(record.key, "key", check)
      try checkString(record.value, "value", check)
    }
  }

  func checkPreprocessing() throws(BundleError) {
    let section = reader.section(.preprocessing)
    if section.count == 0 { return }
    if section.count != BundleLayout.preprocessingLength {
      throw .section(
        .preprocessing, field: "length", found: UInt64(section.count), expected: "0 or 832")
    }
    let record = PreprocessingRecord(section, at: 0)
    let check = RecordCheck(section: .preprocessing, index: 0)
    let input = tensors[inputs[0].tensor]
    try check.require(
      input.channels == 3, "channels of the first input", input.channels, "3 (red, green, blue)")
    try check.require(
      Int(clamping: record.cropHeight) == input.height, "crop height",
      Int(clamping: record.cropHeight),
      "the height of the first input")
    try check.require(
      Int(clamping: record.cropWidth) == input.width, "crop width", Int(clamping: record.cropWidth),
      "the width of the first input")
    try check.require(
      Int(clamping: record.resize) <= BundleLayout.maximumDimension, "resize",
      Int(clamping: record.resize),
      "at most 2²⁰")
    try check.require(
      Interpolation(rawValue: record.interpolation) != nil, "interpolation",
      Int(clamping: record.interpolation), "0 (nearest), 1 (bilinear) or 2 (bicubic)")
    for channel in 0..<3 {
      let (mean, deviation) = (record.mean[channel], record.deviation[channel])
      try check.require(
        mean.isFinite, "mean (as bits)", Int(clamping: mean.bitPattern), "a finite number")
      try check.require(
        deviation.isFinite && deviation > 0, "deviation (as bits)",
        Int(clamping: deviation.bitPattern),
        "a finite number above zero")
    }
    try check.require(section.slice(40, 24).isZero, "reserved bytes", 1, "zeros")
  }
}
