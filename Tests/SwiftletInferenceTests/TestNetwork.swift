import SwiftletInference
import SwiftletRuntime

/// Networks whose outputs are their inputs, byte for byte, put together an input a call.
struct TestNetwork {
  var writer = BundleWriter()

  /// Adds an input and an output with the same values: `name` and `name out`.
  mutating func pass(
    _ name: String, height: Int, width: Int, channels: Int,
    quantization: [QuantizationRecord] = [QuantizationRecord(scale: 1, zeroPoint: 0)]
  ) {
    let tensors = [name, name + " out"].map { name in
      writer.addTensor(
        name, source: name, height: height, width: width, channels: channels,
        quantization: quantization)
    }
    writer.addInput(name, tensor: tensors[0])
    writer.addOutput(name + " out", tensor: tensors[1])
    writer.add(
      LookupParameters(), table: LookupTable { $0 }, name: name, inputs: [tensors[0]],
      output: tensors[1])
  }

  /// The network, written and loaded.
  func model() throws -> Model {
    let bytes = writer.finish().pieces.flatMap { $0 }
    let result = bytes.withUnsafeBytes { buffer -> Result<Model, BundleError> in
      do throws(BundleError) {
        return .success(try Model(copying: buffer))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
