import SwiftletImage
import SwiftletInference
import SwiftletPixels
import SwiftletPlatform
import SwiftletRuntime

extension Session {
  /// Prepares a bundle to be run as the command line says.
  ///
  /// - Parameters:
  ///   - bundle: the loaded bundle.
  ///   - settings: threads and kernels.
  ///   - keepAllTensors: whether intermediate tensors can be read after a run.
  /// - Throws: `WorkFailure` when memory or threads lack or the kernels are unknown.
  public convenience init(
    _ bundle: LoadedBundle, _ settings: SessionSettings, keepAllTensors: Bool = false
  ) throws(WorkFailure) {
    do throws(InferenceError) {
      if let isa = settings.isa {
        try self.init(
          bundle.model, threads: settings.threads, kernelSet: isa, keepAllTensors: keepAllTensors)
      } else {
        try self.init(
          bundle.model, threads: settings.threads, keepAllTensors: keepAllTensors)
      }
    } catch {
      throw WorkFailure(bundle.info, error, isa: settings.isa)
    }
  }

  /// The name of the kernels in use.
  var isa: String { String(cString: kernelSet) }

  /// Fills all inputs with a fixed pseudo-random sequence.
  func fillInputs(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for index in 0..<inputCount {
      withInput(index) { values in
        let bytes = UnsafeMutableRawBufferPointer(values)
        var position = 0
        while position < bytes.count {
          // Eight bytes at a time, so that `bench` measures the network and not this.
          let word = random.next().littleEndian
          let count = min(8, bytes.count - position)
          withUnsafeBytes(of: word) { bytes[position...].copyBytes(from: $0[..<count]) }
          position += count
        }
      }
    }
  }

  /// Fills the input that is tensor number `tensor` from a file of raw int8 bytes, NHWC.
  func setInput(
    _ tensor: Int, fromFile path: String, _ info: BundleInfo
  ) throws(WorkFailure) {
    let expected = info.tensors[tensor]
    let expectation =
      "expected \(expected.count) bytes for input '\(ShownText.name(expected.name))' (\(expected.shape) int8)"
    // An array that grows takes up twice its length for a moment, and once more when it moves.
    if !Memory.isAvailable(3 * expected.count) {
      throw WorkFailure("\(path): \(expectation); there is not enough memory to read them")
    }
    let bytes: [UInt8]
    do throws(System.FileError) {
      bytes = try System.readFile(path, limit: expected.count)
    } catch {
      guard error.number == nil else { throw WorkFailure("cannot read \(error)") }
      throw WorkFailure("\(path): \(expectation), found more")
    }
    guard bytes.count == expected.count else {
      throw WorkFailure("\(path): \(expectation), found \(bytes.count)")
    }
    for (index, port) in info.inputs.enumerated() where port.tensor == tensor {
      withInput(index) { values in
        for position in bytes.indices { values[position] = Int8(bitPattern: bytes[position]) }
      }
    }
  }

  /// Decodes an image file and fills the network's only input with it.
  func setInput(fromImage path: String, _ info: BundleInfo) throws(WorkFailure) {
    do throws(InferenceError) {
      try requireImageInput()
    } catch {
      throw WorkFailure(info, error)
    }
    let image: PixelImage
    do throws(ImageError) {
      image = try ImageReader.read(path)
    } catch {
      throw WorkFailure("\(path): \(error)")
    }
    do throws(InferenceError) {
      try setImage(image)
    } catch {
      throw WorkFailure("\(path): \(error)")
    }
  }
}
