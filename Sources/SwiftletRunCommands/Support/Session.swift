import SwiftletPlatform
import SwiftletRuntime

/// A bundle that is being run: inputs from files, outputs as arrays.
public final class Session {
  private let info: BundleInfo
  private let interpreter: Interpreter
  private var timing: [UInt64]

  /// Prepares a bundle to be run.
  ///
  /// - Parameters:
  ///   - bundle: the loaded bundle.
  ///   - settings: threads and kernels.
  ///   - keepAllTensors: whether intermediate tensors can be read after a run.
  /// - Throws: `WorkFailure` when memory or threads lack or the kernels are unknown.
  public init(
    _ bundle: LoadedBundle, _ settings: SessionSettings, keepAllTensors: Bool = false
  ) throws(WorkFailure) {
    info = bundle.info
    timing = [UInt64](repeating: 0, count: bundle.info.operations.count)
    do throws(BundleError) {
      if let isa = settings.isa {
        interpreter = try Interpreter(
          bundle.model, threads: settings.threads, isa: isa, keepAllTensors: keepAllTensors)
      } else {
        interpreter = try Interpreter(
          bundle.model, threads: settings.threads, keepAllTensors: keepAllTensors)
      }
    } catch .unknownKernelSet {
      throw WorkFailure(
        "--isa \(settings.isa ?? ""): no kernels of that name work on this processor; "
          + "'portable' works on every one")
    } catch {
      throw LoadedBundle.failure(bundle.info.path, error, operations: bundle.info.operations)
    }
  }

  /// The name of the kernels in use.
  public var isa: String { String(cString: interpreter.isaName) }
  /// How many threads compute.
  public var threads: Int { interpreter.threadCount }
  /// Bytes of memory that the tensors share.
  public var arenaLength: Int { interpreter.arenaLength }

  /// Computes the outputs from the inputs, which must be set again before every run.
  public func run() {
    interpreter.run()
  }

  /// Like `run`, and calls `body` after each kernel call with the operations it has computed.
  func run(afterEachCall body: (Range<Int>) -> Void) {
    interpreter.run(afterEachCall: body)
  }

  /// Like `run`, and returns the nanoseconds of each operation.
  public func runTimed() -> [UInt64] {
    timing.withUnsafeMutableBufferPointer { interpreter.run(timing: $0) }
    return timing
  }

  /// The values of a tensor after a run, NHWC.
  public func tensor(_ index: Int) -> [Int8] {
    interpreter.withTensor(index) { Array($0) }
  }

  /// Fills all inputs with a fixed pseudo-random sequence.
  public func fillInputs(seed: UInt64) {
    var state = seed
    for index in info.inputs.indices {
      interpreter.withInput(index) { values in
        let bytes = UnsafeMutableRawBufferPointer(values)
        var position = 0
        while position < bytes.count {
          // SplitMix64: eight bytes at a time, so that `bench` measures the network and not this.
          state &+= 0x9E37_79B9_7F4A_7C15
          var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
          word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
          word = (word ^ (word >> 31)).littleEndian
          let count = min(8, bytes.count - position)
          withUnsafeBytes(of: word) { bytes[position...].copyBytes(from: $0[..<count]) }
          position += count
        }
      }
    }
  }

  /// Fills an input from a file of raw int8 bytes, NHWC.
  public func setInput(_ tensor: Int, fromFile path: String) throws(WorkFailure) {
    let expected = info.tensors[tensor]
    // An array that grows takes up twice its length for a moment, and once more when it moves.
    if !Memory.isAvailable(3 * expected.count) {
      throw WorkFailure(
        "\(path): \(Session.expectation(expected)); there is not enough memory to read them")
    }
    let bytes: [UInt8]
    do throws(System.FileError) {
      bytes = try System.readFile(path, limit: expected.count)
    } catch {
      guard error.number == nil else { throw WorkFailure("cannot read \(error)") }
      throw WorkFailure("\(path): \(Session.expectation(expected)), found more")
    }
    guard bytes.count == expected.count else {
      throw WorkFailure("\(path): \(Session.expectation(expected)), found \(bytes.count)")
    }
    for (index, port) in info.inputs.enumerated() where port.tensor == tensor {
      interpreter.withInput(index) { values in
        for position in bytes.indices { values[position] = Int8(bitPattern: bytes[position]) }
      }
    }
  }

  private static func expectation(_ tensor: BundleInfo.Tensor) -> String {
    "expected \(tensor.count) bytes for input '\(tensor.name)' (\(tensor.shape) int8)"
  }

  /// Decodes an image and fills the network's only input with it.
  public func setInput(fromImage path: String) throws(WorkFailure) {
    let pixels = try ImageInput(info).pixels(path)
    setInput(pixels)
  }

  /// Fills the network's only input with preprocessed bytes, NHWC.
  public func setInput(_ bytes: [Int8]) {
    interpreter.withInput(0) { values in
      precondition(values.count == bytes.count, "the input has \(values.count) values")
      for position in bytes.indices { values[position] = bytes[position] }
    }
  }
}
