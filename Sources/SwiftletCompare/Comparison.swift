import SwiftletGraph
import SwiftletImage
import SwiftletInference
import SwiftletPixels
import SwiftletPlatform
import SwiftletRuntime

/// Runs a float network and its bundle on the same pixels, image by image, and adds up how they
/// differ. The bundle runs on the integer kernels that a board uses.
public final class Comparison {
  /// The classes of both networks: two where there is one output, which says yes or no.
  public let classCount: Int
  /// The outputs of both networks.
  public let outputCount: Int
  /// Whether the outputs are a vector that describes the image, so that no class is the best.
  public let isVector: Bool
  /// What was found so far.
  public private(set) var result = ComparisonResult()
  /// Layers of the bundle that no layer of the float network has the name and size of.
  public let unmatchedLayers: [String]

  private let executor: FloatExecutor
  private let session: Session
  private let model: Model
  private var pipeline: ImagePipeline
  private let tables: PixelTables
  private let output: Int
  private let outputShape: Shape
  /// Whether the float network ends in a softmax, which the bundle leaves out.
  private let givesProbabilities: Bool
  /// The distance of the float network's output levels; 0 where it is not rounded.
  public let levelStep: Float
  /// For each value of the float graph the tensors that hold it.
  private let tensorsOfValue: [[Int]]
  private let tensors: [TensorInfo]
  private var sums: [NoiseSum]

  /// Disagreements beyond this many are kept without a thumbnail.
  public static let thumbnailLimit = 40
  /// The longer side of a thumbnail, in pixels.
  static let thumbnailSide = 128

  /// Checks that both networks fit each other and prepares them.
  ///
  /// - Parameters:
  ///   - graph: the float network after the passes `Pass.reference`.
  ///   - model: the bundle; its preprocessing is used for both.
  ///   - threads: for each of the two networks; the results do not depend on it.
  /// - Throws: `CompareError` that says what does not fit.
  public init(_ graph: Graph, _ model: Model, threads: Int) throws(CompareError) {
    self.model = model
    let tensors = (0..<model.tensorCount).map { model.tensor($0) }
    self.tensors = tensors
    (pipeline, tables) = try Comparison.preprocessing(graph, model, tensors)
    guard let floatOutput = graph.outputs.first, let bundleOutput = model.outputs.first else {
      throw .noOutput
    }
    output = bundleOutput.tensor
    outputShape = graph.shape(of: floatOutput.value)
    (givesProbabilities, levelStep) = graph.outputForm
    outputCount = outputShape.count
    guard outputCount == tensors[output].elementCount else {
      throw .classCount(float: outputCount, bundle: tensors[output].elementCount)
    }
    classCount = max(2, outputCount)
    do throws(InferenceError) {
      session = try Session(
        model, threads: min(max(1, threads), Interpreter.maximumThreads), keepAllTensors: true)
    } catch {
      throw CompareError(error)
    }
    // Numbers that nobody said anything of are compared as a vector.
    switch session.tasks.first {
    case .classes?: isVector = false
    case .vectors?, .masks?, .boxes?, nil: isVector = true
    }
    let memory = graph.executionLength
    if !Memory.isAvailable(memory) { throw .outOfMemory(byteCount: memory) }
    executor = FloatExecutor(graph, threads: Memory.threads(threads, beside: memory))
    sums = [NoiseSum](repeating: NoiseSum(), count: tensors.count)
    (tensorsOfValue, unmatchedLayers) = Comparison.match(graph, tensors)
  }

  /// Refuses a dataset with classes that the networks do not have.
  public func check(_ dataset: Dataset) throws(CompareError) {
    for image in dataset.images {
      guard let classIndex = image.classIndex, classIndex >= classCount else { continue }
      throw .classIndex(path: image.path, found: classIndex, classes: classCount)
    }
  }

  /// Runs both networks on one image and counts it. An image that cannot be read is noted in the
  /// result's failures, and its problem is returned.
  ///
  /// The image's class must be one of the networks', which `check` makes sure of.
  ///
  /// - Parameters:
  ///   - image: the image and its class.
  ///   - row: its number in the list that `reference` has rows for.
  ///   - reference: what the float network has to compute.
  /// - Returns: why the image cannot be read; nil when it was counted.
  /// - Throws: `reference` when the float network computes something else.
  public func add(
    _ image: DatasetImage, row: Int = 0, _ reference: ReferenceOutputs? = nil
  ) throws(CompareError) -> String? {
    precondition(image.classIndex.map { (0..<classCount).contains($0) } ?? true)
    let picture: PixelImage
    do throws(ImageError) {
      picture = try pipeline.picture(image.path)
    } catch {
      let problem = "\(image.path): \(error)"
      result.failures.append((path: image.path, problem: problem))
      return problem
    }
    let scores = add(picture, of: image)
    if let difference = reference?.difference(
      row: row, path: image.path, scores, shape: outputShape)
    {
      throw .reference(difference)
    }
    return nil
  }

  /// Runs both networks on a picture that is resized and cropped already, and counts it as `image`.
  ///
  /// - Returns: the float network's outputs.
  @discardableResult
  public func add(_ picture: PixelImage, of image: DatasetImage) -> [Float] {
    runInteger(picture)
    let scores = executor.run([pipeline.tensor(picture)]) { [self] value, tensor in
      for index in tensorsOfValue[value.index] {
        addNoise(index, exact: index == output ? representable(tensor.values) : tensor.values)
      }
    }
    let found = session.dequantized(tensor: output)
    if isVector {
      result.imageCount += 1
      result.similaritySum =
        (result.similaritySum ?? 0) + Scores.similarity(scores[0].values, found)
    } else if outputCount == 1 {
      // Yes and no are two classes, of which no has the score 0: their softmax is the sigmoid.
      count(image, picture, float: [0] + scores[0].values, int8: [0] + found)
    } else {
      // Their softmax is taken below, which of logarithms gives the probabilities again.
      let float =
        givesProbabilities
        ? scores[0].values.map { Float(log(max(Double($0), 1e-37))) } : scores[0].values
      count(image, picture, float: float, int8: found)
    }
    result.layers = layerLosses()
    return scores[0].values
  }

  private func runInteger(_ picture: PixelImage) {
    picture.withView { view in
      session.withInput(0) { tables.apply(to: view, into: $0) }
    }
    session.run()
  }

  /// Logits with those below the bundle's least level raised to it: the converter cuts off low
  /// logits on purpose, for finer levels where classes compete.
  private func representable(_ logits: [Float]) -> [Float] {
    let channels = tensors[output].channels
    let dequantizer = session.dequantizer(ofTensor: output)
    return logits.enumerated().map { position, value in
      max(value, dequantizer.real(-128, channel: position % channels))
    }
  }

  private func addNoise(_ index: Int, exact: [Float]) {
    let found = session.dequantized(tensor: index)
    sums[index].add(exact: exact) { found[$0] }
  }

  private func count(_ image: DatasetImage, _ picture: PixelImage, float: [Float], int8: [Float]) {
    result.imageCount += 1
    result.divergenceSum += Scores.divergence(float, int8)
    if let classIndex = image.classIndex {
      result.floatAccuracy.add(float, classIndex: classIndex)
      result.int8Accuracy.add(int8, classIndex: classIndex)
    }
    let floatTop = Classification.top(float, 5)
    let int8Top = Classification.top(int8, 5)
    if floatTop.first?.classIndex == int8Top.first?.classIndex {
      result.agreementCount += 1
      return
    }
    let isKept = result.disagreements.count < Comparison.thumbnailLimit
    result.disagreements.append(
      Disagreement(
        path: image.path, classIndex: image.classIndex, float: floatTop, int8: int8Top,
        thumbnail: isKept ? Comparison.thumbnail(picture) : nil))
  }

  private func layerLosses() -> [LayerLoss] {
    (0..<model.operationCount).compactMap { index in
      let operation = model.operation(index)
      let own = sums[operation.output]
      guard own.signal > 0 || own.noise > 0 else { return nil }
      return LayerLoss(
        name: String(tensors[operation.output].source), kind: operation.kindName.description,
        own: own,
        inputs: operation.inputs.map { sums[$0] })
    }
  }

  private static func thumbnail(_ picture: PixelImage) -> Disagreement.Thumbnail {
    let longer = max(picture.width, picture.height)
    let side = { (length: Int) -> Int in
      longer > thumbnailSide ? max(1, length * thumbnailSide / longer) : length
    }
    let small = picture.resized(
      width: side(picture.width), height: side(picture.height), filter: .bilinear)
    return Disagreement.Thumbnail(width: small.width, height: small.height, pixels: small.colours)
  }
}

extension PixelImage {
  /// Red, green and blue of each pixel, opacity left out.
  var colours: [UInt8] {
    let places: [Int]
    switch layout {
    case .grey: places = [0, 0, 0]
    case .rgb: return pixels
    case .bgr, .bgra: places = [2, 1, 0]
    case .rgba: places = [0, 1, 2]
    }
    return stride(from: 0, to: pixels.count, by: layout.channels).flatMap { pixel in
      places.map { pixels[pixel + $0] }
    }
  }
}

extension Graph {
  /// Whether the first output is a softmax's, and the distance of its levels if it is rounded to such.
  public var outputForm: (isProbability: Bool, levelStep: Float) {
    guard let output = outputs.first?.value,
      let node = nodes.first(where: { $0.outputs.contains(output) })
    else { return (false, 0) }
    if case .softmax(let softmax) = node.operation { return (!softmax.isLogarithm, 0) }
    if case .fakeQuantize(let rounding) = node.operation { return (false, rounding.scale) }
    return (false, 0)
  }
}
