import SwiftletPixels
import SwiftletRuntime

/// A network that is ready to run: pictures or values in, values or an answer out.
///
/// A session is for one thread at a time; any number of them may share a model. Inputs must be set
/// again before every run.
///
/// ```swift
/// let session = try Session(try Model(path: "mobilenet.swiftlet"))
/// try session.setImage(picture)
/// session.run()
/// let best = try session.classes(top: 5)
/// ```
public final class Session {
  /// The network.
  public let model: Model
  /// What the outputs mean: what the bundle says, else one task if the first output's shape tells it.
  public let tasks: [OutputTask]
  private let interpreter: Interpreter
  private let inputs: [PortInfo]
  private let outputs: [PortInfo]
  /// One a tensor that was dequantized before.
  private var dequantizers: [Dequantizer?]
  /// One an input that got a picture before.
  private var preprocessors: [ImagePreprocessor?]
  private var timing: [UInt64]

  /// Prepares a model to be run. Everything that can fail or allocate happens here.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - threads: 1 to `Interpreter.maximumThreads`, the caller's included. Results do not depend
  ///     on it.
  ///   - kernelSet: the name of a kernel set, such as "portable"; nil for the fastest that this
  ///     processor can run. Results do not depend on it either.
  ///   - keepAllTensors: whether tensors between the layers can be read after a run.
  /// - Throws: `bundle` when memory or threads lack or the kernel set is not known.
  public init(
    _ model: Model, threads: Int = 1, kernelSet: UnsafePointer<CChar>? = nil,
    keepAllTensors: Bool = false
  ) throws(InferenceError) {
    self.model = model
    inputs = model.inputs
    outputs = model.outputs
    dequantizers = [Dequantizer?](repeating: nil, count: model.tensorCount)
    preprocessors = [ImagePreprocessor?](repeating: nil, count: inputs.count)
    timing = [UInt64](repeating: 0, count: model.operationCount)
    tasks = Self.tasks(model)
    do throws(BundleError) {
      interpreter = try Interpreter(
        model, threads: threads, isa: kernelSet, keepAllTensors: keepAllTensors)
    } catch {
      throw .bundle(error)
    }
  }

  /// Where a bundle does not say, one number for each class without a place is a classifier's output.
  private static func tasks(_ model: Model) -> [OutputTask] {
    guard model.tasks.isEmpty, let port = model.outputs.first else { return model.tasks }
    let tensor = model.tensor(port.tensor)
    guard tensor.height == 1, tensor.width == 1 else { return [] }
    let labels = model.labelCount == tensor.channels ? 0..<tensor.channels : 0..<0
    // One score alone is a yes or no, of which a softmax would always be sure.
    let activation: ScoreActivation = tensor.channels == 1 ? .sigmoid : .softmax
    return [.classes(ClassesTask(output: 0, activation: activation, labels: labels))]
  }

  /// The name of the kernel set in use: a C string that is valid for ever.
  public var kernelSet: UnsafePointer<CChar> { interpreter.isaName }
  /// How many threads compute, the caller's included.
  public var threads: Int { interpreter.threadCount }
  /// Bytes of memory that the tensors share.
  public var arenaLength: Int { interpreter.arenaLength }
  /// How many inputs the network has.
  public var inputCount: Int { inputs.count }
  /// How many outputs the network has.
  public var outputCount: Int { outputs.count }

  /// The tensor of input number `index`.
  public func inputTensor(_ index: Int) -> Int { inputs[index].tensor }

  /// The tensor of output number `index`.
  public func outputTensor(_ index: Int) -> Int { outputs[index].tensor }

  /// Computes the outputs from the inputs. Cannot fail, and allocates nothing.
  public func run() {
    interpreter.run()
  }

  /// Like `run`, and calls `body` after each kernel call with the operations it has computed.
  public func run(afterEachCall body: (Range<Int>) -> Void) {
    interpreter.run(afterEachCall: body)
  }

  /// Like `run`, and returns the nanoseconds of each operation.
  public func runTimed() -> [UInt64] {
    timing.withUnsafeMutableBufferPointer { interpreter.run(timing: $0) }
    return timing
  }
}

// Inputs.
extension Session {
  /// Calls `body` with the int8 values of input number `index`, NHWC, to be filled. They must not
  /// outlive the call.
  public func withInput<Result>(
    _ index: Int, _ body: (UnsafeMutableBufferPointer<Int8>) -> Result
  ) -> Result {
    interpreter.withInput(index, body)
  }

  /// Sets an input's int8 values, NHWC.
  ///
  /// - Throws: `noSuchIndex` or `length`.
  public func setInput(_ index: Int = 0, _ values: [Int8]) throws(InferenceError) {
    guard inputs.indices.contains(index) else {
      throw .noSuchIndex(.input, found: index, count: inputs.count)
    }
    let count = model.tensor(inputs[index].tensor).elementCount
    guard values.count == count else {
      throw .length(.input, index: index, expected: count, found: values.count)
    }
    interpreter.withInput(index) { input in
      for position in values.indices { input[position] = values[position] }
    }
  }

  /// Makes sure that pictures can become an input, without one at hand.
  ///
  /// - Parameter input: the input's number; nothing stands for the only one.
  /// - Returns: the input's number.
  /// - Throws: `imageInputs` when there are several and none is named; see also
  ///   `ImagePreprocessor.init(_:input:)`.
  @discardableResult
  public func requireImageInput(_ input: Int? = nil) throws(InferenceError) -> Int {
    if input == nil, inputs.count != 1 {
      // What a bundle does not say at all is the greater lack.
      if inputs.indices.allSatisfy({ model.preprocessing(ofInput: $0) == nil }) {
        throw .noPreprocessing(input: 0)
      }
      throw .imageInputs(count: inputs.count)
    }
    let index = input ?? 0
    guard inputs.indices.contains(index) else {
      throw .noSuchIndex(.input, found: index, count: inputs.count)
    }
    if preprocessors[index] == nil {
      preprocessors[index] = try ImagePreprocessor(model, input: index)
    }
    return index
  }

  /// Preprocesses a picture of any size into an input, as the bundle says. Tables and
  /// memory are those of the picture before when that had the same size and layout.
  ///
  /// - Parameters:
  ///   - picture: any size; other layouts than the input's are converted.
  ///   - input: the input's number; nothing stands for the only one.
  /// - Throws: `outOfMemory`, and what `requireImageInput` throws.
  public func setImage(_ picture: PixelView, input: Int? = nil) throws(InferenceError) {
    let index = try prepareImage(
      width: picture.width, height: picture.height, layout: picture.layout, input: input)
    fill(index, from: picture)
  }

  /// Preprocesses a picture of any size into an input, as the bundle says.
  ///
  /// - Throws: what the same method for views throws.
  public func setImage(_ picture: PixelImage, input: Int? = nil) throws(InferenceError) {
    let index = try prepareImage(
      width: picture.width, height: picture.height, layout: picture.layout, input: input)
    picture.withView { fill(index, from: $0) }
  }

  private func prepareImage(
    width: Int, height: Int, layout: PixelLayout, input: Int?
  ) throws(InferenceError) -> Int {
    let index = try requireImageInput(input)
    try preprocessors[index]?.prepare(width: width, height: height, layout: layout)
    return index
  }

  private func fill(_ index: Int, from picture: PixelView) {
    interpreter.withInput(index) { preprocessors[index]?.fill($0, from: picture) }
  }
}

// Results.
extension Session {
  /// Calls `body` with a tensor's int8 values, NHWC, as the last run left them: an output's, or any
  /// when all are kept. They must not outlive the call.
  public func withTensor<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<Int8>) -> Result
  ) -> Result {
    interpreter.withTensor(index, body)
  }

  /// A tensor's int8 values, NHWC, as the last run left them: an output's, or any when all are kept.
  public func values(ofTensor index: Int) -> [Int8] {
    interpreter.withTensor(index) { Array($0) }
  }

  /// The real numbers that a tensor's values stand for, NHWC.
  public func dequantized(tensor index: Int) -> [Float] {
    let dequantizer = dequantizer(ofTensor: index)
    return interpreter.withTensor(index) { values in
      [Float](unsafeUninitializedCapacity: values.count) { numbers, count in
        dequantizer.dequantize(
          values, into: UnsafeMutableBufferPointer(rebasing: numbers[..<values.count]))
        count = values.count
      }
    }
  }

  /// The real numbers of output number `index`, NHWC.
  ///
  /// - Throws: `noSuchIndex`.
  public func output(_ index: Int = 0) throws(InferenceError) -> [Float] {
    guard outputs.indices.contains(index) else {
      throw .noSuchIndex(.output, found: index, count: outputs.count)
    }
    return dequantized(tensor: outputs[index].tensor)
  }

  /// How a tensor's values become real numbers.
  public func dequantizer(ofTensor index: Int) -> Dequantizer {
    if let known = dequantizers[index] { return known }
    let made = Dequantizer(model.tensor(index))
    dequantizers[index] = made
    return made
  }
}
