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
    let count = try recordCount(
      .labels, StringRange.length, "labels", maximum: BundleLayout.maximumDimension)
    for index in 0..<count {
      let range = StringRange(reader.section(.labels), at: index * StringRange.length)
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
}
