import SwiftletInference
import SwiftletRuntime
import Testing

@Suite("Answers")
struct AnswerTests {
  /// A session of a network with one output, after a run on `values`.
  private func session(
    _ tasks: [OutputTask], height: Int = 1, width: Int = 1, channels: Int, labels: Int = 0,
    quantization: [QuantizationRecord] = [QuantizationRecord(scale: 1, zeroPoint: 0)],
    values: [Int8]
  ) throws -> Session {
    var network = TestNetwork()
    network.pass(
      "x", height: height, width: width, channels: channels, quantization: quantization)
    network.writer.setLabels((0..<labels).map { "class \($0)" })
    for task in tasks { network.writer.addTask(task) }
    let session = try Session(try network.model())
    try session.setInput(0, values)
    session.run()
    return session
  }

  @Test("Without a task, one number for each class is a classifier's output, by softmax")
  func implied() throws {
    let session = try session([], channels: 3, values: [0, 5, 5])
    guard case .classes(let best) = try session.answer(top: 2) else {
      Issue.record("no classes")
      return
    }
    #expect(best.map(\.classIndex) == [1, 2])
    #expect(best.map(\.score) == [5, 5])
    #expect(abs(best[0].probability - 1 / (2 + 0.006_737_947)) < 1e-7)
    #expect(try session.classes(top: 2) == best)
  }

  @Test("The bundle's activation makes the probabilities")
  func activations() throws {
    let quarter = [QuantizationRecord(scale: 0.25, zeroPoint: 1)]
    for (activation, expected) in [
      (ScoreActivation.none, 0.5), (.sigmoid, 0.622_459_331), (.softmax, 0.679_178_699),
    ] {
      let session = try session(
        [.classes(ClassesTask(output: 0, activation: activation, labels: 0..<2))], channels: 2,
        labels: 2, quantization: quarter, values: [0, 3])
      let best = try session.classes(top: 1)
      // The scores are −0.25 and 0.5.
      #expect(best.map(\.classIndex) == [1])
      #expect(abs(best[0].probability - expected) < 1e-7)
    }
  }

  @Test("Masks have the best class of each place, by one scale or by one a channel")
  func masks() throws {
    let task = OutputTask.masks(ClassesTask(output: 0, activation: .softmax, labels: 0..<0))
    let values: [Int8] = [1, 2, /**/ 4, 3, /**/ 7, 7, /**/ -2, -1]
    let uniform = try session([task], height: 2, width: 2, channels: 2, values: values)
    #expect(
      try uniform.answer() == .mask(ClassMask(width: 2, height: 2, classes: [1, 0, 0, 1])))
    #expect(throws: InferenceError.self) { try uniform.classes(top: 1) }
    // The first channel counts four times as much.
    let weighted = try session(
      [task], height: 2, width: 2, channels: 2,
      quantization: [
        QuantizationRecord(scale: 4, zeroPoint: 0), QuantizationRecord(scale: 1, zeroPoint: 0),
      ], values: values)
    #expect(
      try weighted.answer() == .mask(ClassMask(width: 2, height: 2, classes: [0, 0, 0, 1])))
  }

  @Test("A mask of one class says where it is more likely than not")
  func singleMask() throws {
    for (activation, classes) in [(ScoreActivation.sigmoid, [0, 0, 1, 1]), (.none, [0, 0, 0, 1])] {
      let session = try session(
        [.masks(ClassesTask(output: 0, activation: activation, labels: 0..<0))], height: 1,
        width: 4,
        channels: 1, quantization: [QuantizationRecord(scale: 0.25, zeroPoint: 0)],
        values: [-4, 0, 2, 3])
      #expect(
        try session.answer()
          == .mask(ClassMask(width: 4, height: 1, classes: classes.map { Int32($0) })))
    }
  }

  @Test("Vectors are as they are, or of length 1")
  func vectors() throws {
    for (isNormalized, expected) in [(false, [3, -4, 0]), (true, [0.6, -0.8, 0])] {
      let task = VectorsTask(output: 0, isNormalized: isNormalized)
      let session = try session([.vectors(task)], channels: 3, values: [3, -4, 0])
      #expect(try session.answer() == .vector(expected.map { Float($0) }))
    }
    let nothing = try session(
      [.vectors(VectorsTask(output: 0, isNormalized: true))], channels: 2, values: [0, 0])
    #expect(try nothing.answer() == .vector([0, 0]))
  }

  @Test("Each of several tasks has an answer; there are no others")
  func several() throws {
    let session = try session(
      [
        .vectors(VectorsTask(output: 0, isNormalized: false)),
        .classes(ClassesTask(output: 0, activation: .none, labels: 0..<0)),
      ], channels: 2, values: [9, 8])
    #expect(try session.answer(task: 0) == .vector([9, 8]))
    #expect(
      try session.answer(task: 1, top: 1)
        == .classes([RankedClass(classIndex: 0, score: 9, probability: 9)]))
    #expect(throws: InferenceError.self) { try session.answer(task: 2) }
  }

  @Test("Boxes are not decoded yet, and the error says so")
  func boxes() throws {
    let level = BoxLevel(
      boxes: 0, objectness: nil, classes: 0, strideHeight: 8, strideWidth: 8,
      anchors: [BoxAnchor(centerX: 4, centerY: 4, width: 8, height: 8)])
    let session = try session(
      [
        .boxes(
          BoxesTask(
            coding: .grid, classActivation: .sigmoid, maximumBoxes: 10, labels: 0..<0,
            scoreThreshold: 0.5, overlapThreshold: 0.5, levels: [level]))
      ], height: 2, width: 2, channels: 4, values: [Int8](repeating: 0, count: 16))
    do {
      _ = try session.answer()
      Issue.record("boxes were decoded")
    } catch {
      #expect("\(error)" == "boxes are not decoded yet; read the outputs instead")
    }
  }
}
