import SwiftletDigest
import SwiftletRuntime

// What main.c calls: the runtime, without any text. Results are 0 or the code of a `BundleError`.

/// Runs the bundle at `path` on `input` and stores the SHA-256 of the bytes of all tensors, in their
/// order, in `digest` (32 bytes).
///
/// Then runs it again as it is usually run, with memory used twice and operations chained, and
/// returns `differs` unless the outputs have the same bytes.
@_cdecl("swl_embedded_digest")
public func digest(
  path: UnsafePointer<CChar>, isa: UnsafePointer<CChar>, threads: Int32,
  input: UnsafePointer<Int8>, inputCount: Int32, digest: UnsafeMutablePointer<UInt8>
) -> Int32 {
  do throws(BundleError) {
    let model = try Model(path: path)
    try model.verifyContents()
    let whole = try Interpreter(model, threads: Int(threads), isa: isa, keepAllTensors: true)
    let usual = try Interpreter(model, threads: Int(threads), isa: isa)
    let bytes = UnsafeBufferPointer(start: input, count: Int(inputCount))
    if model.inputs.count != 1 || !fill(whole, bytes) || !fill(usual, bytes) { return wrongInput }
    whole.run()
    usual.run()
    var hash = SHA256()
    for tensor in 0..<model.tensorCount {
      whole.withTensor(tensor) { hash.update(UnsafeRawBufferPointer($0)) }
    }
    let result = hash.finish()
    for index in 0..<result.count { digest[index] = result[index] }
    for output in model.outputs where !haveSameBytes(whole, usual, output.tensor) { return differs }
    return 0
  } catch {
    return code(error)
  }
}

private func fill(_ interpreter: Interpreter, _ bytes: UnsafeBufferPointer<Int8>) -> Bool {
  interpreter.withInput(0) { input in
    if input.count != bytes.count { return false }
    for index in 0..<input.count { input[index] = bytes[index] }
    return true
  }
}

private func haveSameBytes(_ a: Interpreter, _ b: Interpreter, _ tensor: Int) -> Bool {
  a.withTensor(tensor) { first in
    b.withTensor(tensor) { second in
      for index in 0..<first.count where first[index] != second[index] { return false }
      return true
    }
  }
}
