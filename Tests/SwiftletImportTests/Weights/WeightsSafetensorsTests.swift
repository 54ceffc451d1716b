import Testing

@testable import SwiftletImport

@Suite("Weights: hostile safetensors")
struct WeightsSafetensorsTests {
  private func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    littleEndian(length ?? UInt64(header.utf8.count)) + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  private func entry(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  private func tensorProblem(_ bytes: [UInt8]) -> TensorProblem? {
    guard case .tensor(_, _, let found)? = problem(bytes) else { return nil }
    return found
  }

  private func headerProblem(_ bytes: [UInt8]) -> SafetensorsProblem? {
    guard case .safetensors(_, let found)? = problem(bytes) else { return nil }
    return found
  }

  private func jsonProblem(_ header: String) -> JSONProblem? {
    guard case .header(let found)? = headerProblem(file(header)) else { return nil }
    return found
  }

  @Test("files at the edge of the format are read")
  func accepted() throws {
    #expect(problem(file("{}")) == nil)
    #expect(problem(file("{} \n ")) == nil)
    let tensors =
      "{" + entry("b", "F32", "[1]", "[4,8]") + "," + entry("a", "F32", "[]", "[0,4]") + "}"
    let found = try WeightFile.parse(FileBytes(file(tensors, data: 8)), path: "file")
    #expect(found.contents.tensors.map(\.name) == ["a", "b"])
    let escaped = "{\"__metadata__\":{\"\\u00e9\\ud83d\\ude00\\n\":\"\\\"\"}}"
    let metadata = try WeightFile.parse(FileBytes(file(escaped)), path: "file").contents.metadata
    #expect(metadata == ["é😀\n": "\""])
  }

  @Test("ranges: overlap, holes, beyond the data, wrong length")
  func ranges() {
    let a = entry("a", "F32", "[2]", "[0,8]")
    #expect(
      headerProblem(file("{\(a)," + entry("b", "F32", "[1]", "[4,8]") + "}", data: 8))
        == .overlap("a", "b"))
    #expect(
      headerProblem(file("{\(a)," + entry("b", "F32", "[1]", "[12,16]") + "}", data: 16))
        == .hole(begin: 8, end: 12))
    #expect(headerProblem(file("{\(a)}", data: 9)) == .hole(begin: 8, end: 9))
    #expect(
      tensorProblem(file("{\(a)}", data: 7)) == .outsideData(begin: 0, end: 8, dataLength: 7))
    #expect(
      tensorProblem(file("{" + entry("a", "F32", "[3]", "[0,8]") + "}", data: 8))
        == .byteCount(shape: [3], expected: 12, found: 8))
    #expect(
      tensorProblem(file("{" + entry("a", "F32", "[2]", "[8,0]") + "}", data: 8))
        == .byteCount(shape: [2], expected: 8, found: -8))
  }

  @Test("shapes that overflow")
  func shapes() {
    let huge = 1 << 40
    #expect(
      tensorProblem(file("{" + entry("a", "F32", "[\(huge),\(huge)]", "[0,0]") + "}"))
        == .shapeOverflow([huge, huge]))
    #expect(
      tensorProblem(file("{" + entry("a", "F64", "[\(1 << 61)]", "[0,0]") + "}"))
        == .shapeOverflow([1 << 61]))
    #expect(
      tensorProblem(
        file("{" + entry("a", "F32", "[\(Int.max)]", "[0,\(Int.max)]") + "}"))
        == .shapeOverflow([Int.max]))
    let ones = "[" + [String](repeating: "1", count: 33).joined(separator: ",") + "]"
    #expect(tensorProblem(file("{" + entry("a", "F32", ones, "[0,4]") + "}", data: 4)) == .rank(33))
  }

  @Test("element types that are not known")
  func types() {
    #expect(
      tensorProblem(file("{" + entry("a", "F8_E4M3", "[1]", "[0,1]") + "}", data: 1))
        == .elementType("F8_E4M3"))
  }

  @Test(
    "entries that lack something or have it wrong",
    arguments: [
      "{\"a\":3}", "{\"a\":{}}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[NaN],\"data_offsets\":[0,4]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}",
      "{\"__metadata__\":[]}", "{\"__metadata__\":{\"a\":1}}",
    ])
  func entries(header: String) throws {
    let found = try #require(headerProblem(file(header, data: 4)))
    switch found {
    case .entry(let tensor): #expect(tensor == "a")
    case .metadata: #expect(header.contains("__metadata__"))
    case .header(.syntax(let at)): #expect(header.contains("NaN") && at > 0)
    case .shortFile, .headerLimit, .headerLength, .header, .headerNotObject, .overlap, .hole:
      Issue.record("unexpected: \(found)")
    }
  }

  @Test("header lengths")
  func headerLengths() {
    #expect(headerProblem(file("{}", length: 3)) == .headerLength(expected: 3, found: 2))
    #expect(headerProblem(file("{}", length: 100_000_001)) == .headerLimit(100_000_001))
    #expect(problem(file("{}", length: .max)) == .notWeights(path: "file", found: .unknown))
    #expect(headerProblem(file("{}", length: 1)) == .header(.truncated))
  }

  @Test("JSON that is not accepted")
  func json() {
    #expect(jsonProblem("{\"a\":1,\"a\":2}") == .duplicateKey("a"))
    #expect(jsonProblem("{\"a\":1,\"\\u0061\":2}") == .duplicateKey("a"))
    #expect(jsonProblem("{\"a\":") == .truncated)
    #expect(jsonProblem("{\"a\"") == .truncated)
    for (header, position) in [
      ("{\"a\":01}", 5), ("{\"a\":.5}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{\"a\":tru1}", 8),
      ("{}x", 2), ("{\"a\"1}", 4), ("{\"\u{1}\":1}", 2), ("{\"\\x\":1}", 3), ("{\"a\":[1 2]}", 8),
    ] {
      #expect(jsonProblem(header) == .syntax(at: position), "\(header)")
    }
    #expect(jsonProblem("{\"\\ud800\\u0041\":1}") == .encoding(at: 4))
    #expect(jsonProblem("{\"\\udc00\\udc00\":1}") == .encoding(at: 4))
    let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
    #expect(jsonProblem(deep) == .tooDeep(at: 20))
    let invalid = Array("{\"".utf8) + [0xC3, 0x28] + Array("\":1}".utf8)
    #expect(
      problem(littleEndian(UInt64(invalid.count)) + invalid)
        == .safetensors(path: "file", .header(.encoding(at: 1))))
  }

  @Test("a header of very many values is cut off")
  func manyValues() {
    let header = "{\"a\":[" + String(repeating: "1,", count: 2_000_001) + "1]}"
    #expect(jsonProblem(header) == .tooManyValues)
  }
}
