/// Writes zip archives whose members are stored, as `torch.save` does.
struct StoredZip {
  private var body: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Adds a member. With `wide` its lengths stand in a zip64 field.
  mutating func add(_ name: String, _ data: [UInt8], wide: Bool = false, method: UInt16 = 0) {
    let (offset, name) = (UInt32(body.count), Array(name.utf8))
    let length = little(UInt32(data.count))
    let zeros = [UInt8](repeating: 0, count: 12)
    // Data begin at multiples of 64.
    let pad = (64 - (body.count + 30 + name.count) % 64) % 64
    body += little(UInt32(0x0403_4B50)) + little(UInt16(10)) + little(UInt16(0)) + little(method)
    body += [UInt8](repeating: 0, count: 8) + length + length
    body += little(UInt16(name.count)) + little(UInt16(pad)) + name
    body += [UInt8](repeating: 0, count: pad) + data

    let ones = [UInt8](repeating: 0xFF, count: 4)
    let field =
      wide
      ? little(UInt16(1)) + little(UInt16(16)) + little(UInt64(data.count))
        + little(UInt64(data.count))
      : []
    directory += little(UInt32(0x0201_4B50)) + little(UInt16(10)) + little(UInt16(10))
    directory += little(UInt16(0)) + little(method) + [UInt8](repeating: 0, count: 8)
    directory += wide ? ones + ones : length + length
    directory += little(UInt16(name.count)) + little(UInt16(field.count)) + zeros[..<10]
    directory += little(offset) + name + field
    count += 1
  }

  /// The whole archive. With `wide` the end record refers to a zip64 one.
  func archive(wide: Bool = false) -> [UInt8] {
    var bytes = body + directory
    if wide {
      let record = UInt64(bytes.count)
      bytes += little(UInt32(0x0606_4B50)) + little(UInt64(44)) + little(UInt16(45))
      bytes += little(UInt16(45)) + little(UInt64(0)) + little(UInt64(count))
      bytes += little(UInt64(count)) + little(UInt64(directory.count)) + little(UInt64(body.count))
      bytes += little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(record) + little(UInt32(1))
    }
    let entries = wide ? 0xFFFF : UInt16(truncatingIfNeeded: count)
    bytes += little(UInt32(0x0605_4B50)) + little(UInt32(0)) + little(entries) + little(entries)
    bytes +=
      wide
      ? [UInt8](repeating: 0xFF, count: 8)
      : little(UInt32(directory.count)) + little(UInt32(body.count))
    return bytes + little(UInt16(0))
  }
}
