/// Writes a safetensors file of the tensors that an input describes, with changes here and there.
enum SafetensorsTarget {
  /// Kind, ending.
  static let headLength = 2
  /// Of one tensor: name, type, rank and sizes (4), change, its value.
  static let entryLength = 8

  private static let types: [(name: String, size: Int, isFloat: Bool)] = [
    ("F32", 4, true), ("F16", 2, true), ("BF16", 2, true), ("F64", 8, true), ("I64", 8, false),
    ("I32", 4, false), ("U8", 1, false), ("BOOL", 1, false), ("I16", 2, false), ("I8", 1, false),
  ]

  static func execute(_ input: inout Input) {
    let kind = input.byte()
    switch kind % 8 {
    case 7:  // the file's bytes
      WeightsCheck.read(input.rest(), expected: nil)
    case 6:  // the header's bytes, with the right length before and data behind
      let data = [UInt8](repeating: 0x3C, count: 4 * input.byte())
      let header = input.rest()
      WeightsCheck.read(little(UInt64(header.count)) + header + data, expected: nil)
    default: writeTensors(&input)
    }
  }

  private static func writeTensors(_ input: inout Input) {
    let ending = input.byte()
    var (entries, expected): ([String], [WrittenTensor]) = ([], [])
    var isRight = true
    var end = 0
    while !input.isEmpty, entries.count < 64 {
      let nameChoice = input.byte()
      let name = Names.tensor(nameChoice, number: entries.count)
      if Names.isOdd(nameChoice) { isRight = false }
      let type = input.choice(types)
      var shape = (0..<(input.byte() % 5)).map { _ in 0 }
      for index in 0..<4 {
        let size = input.byte()
        if index < shape.count { shape[index] = size % 9 }
      }
      let (change, value) = (input.byte(), input.byte())
      let begin = end
      end += shape.reduce(type.size, *)
      var fields = [
        "\"dtype\":\"\(type.name)\"",
        "\"shape\":[\(shape.map(String.init).joined(separator: ","))]",
        "\"data_offsets\":[\(begin),\(end)]",
      ]
      if change >= 224 {
        isRight = false
        changed(&fields, change, value, end: &end)
      }
      entries.append("\"\(name)\":{\(fields.joined(separator: ","))}")
      if type.isFloat { expected.append(WrittenTensor(name: name, shape: shape)) }
    }
    if ending % 16 == 15 {
      entries.append("\"__metadata__\":{\"format\":\"pt\",\"bn_eps\":\"1e-3\"}")
    }
    if ending % 16 == 14, let entry = entries.first {
      (isRight, _) = (false, entries.append(entry))
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    // Overlapping and far ranges may name more data than a test should write.
    var data = [UInt8](repeating: 0x3C, count: min(max(end, 0), 1 << 16))
    if ending >= 240 { (isRight, _) = (false, data.append(0)) }
    if end != data.count { isRight = false }
    WeightsCheck.read(
      little(UInt64(header.count)) + header + data,
      expected: isRight && !expected.isEmpty ? expected : nil)
  }

  /// One thing wrong with a tensor's entry.
  private static func changed(_ fields: inout [String], _ change: Int, _ value: Int, end: inout Int)
  {
    switch change % 8 {
    case 0: fields.remove(at: value % 3)
    case 1: fields.append(fields[value % 3])
    case 2: fields.append("\"extra\":null")
    case 3: fields[1] = "\"shape\":[\(Names.numbers[value % Names.numbers.count]),1]"
    case 4: fields[2] = "\"data_offsets\":[\(Names.numbers[value % Names.numbers.count]),\(end)]"
    case 5: fields[0] = "\"dtype\":\"F\(value)\""
    case 6: end += value
    default: end = max(0, end - value)
    }
  }
}

/// Names and numbers that files are made of.
enum Names {
  private static let usual = [
    "features.0.0.weight", "features.1.conv.0.0.weight", "layer1.0.conv1.weight", "bn1.running_var",
    "blocks.0.0.conv_dw.weight", "classifier.1.weight", "classifier.1.bias", "fc.weight",
    "conv_stem",
  ]
  private static let odd = [
    "module.a", "_orig_mod.b", "", "é", "e\u{301}", String(repeating: "n", count: 600), "\u{202E}x",
    "num_batches_tracked", "model.ema.c",
  ]

  /// A tensor's name. Those of usual checkpoints have a number at the end, which keeps them apart.
  static func tensor(_ choice: Int, number: Int) -> String {
    !isOdd(choice) ? "\(usual[choice % usual.count]).n\(number)" : odd[choice % odd.count]
  }

  /// Whether a choice gives a name that may be there twice, or of which a part is taken off.
  static func isOdd(_ choice: Int) -> Bool { choice >= 224 }

  /// Whole numbers as JSON has them, small, large and beyond what fits.
  static let numbers = [
    "0", "1", "-1", "7", "255", "65536", "2147483647", "4294967296", "9223372036854775807",
    "9223372036854775808", "18446744073709551616", "1e3", "1.5", "-0",
  ]
}
