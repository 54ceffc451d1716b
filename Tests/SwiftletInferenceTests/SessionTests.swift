import CSwiftletAllocationCounter
import SwiftletInference
import SwiftletPixels
import SwiftletRuntime
import Testing

@Suite("Session")
struct SessionTests {
  /// Three inputs of different sizes and channels, each of which is an output as well.
  private func threeInputs() throws -> Model {
    var network = TestNetwork()
    let shapes: [(String, Int, Int, PixelFormat)] = [
      ("grey", 4, 6, .gray), ("colour", 5, 3, .bgr), ("cut-out", 2, 2, .rgba),
    ]
    for (index, (name, height, width, format)) in shapes.enumerated() {
      network.pass(
        name, height: height, width: width, channels: format.channelCount,
        quantization: [
          QuantizationRecord(scale: Float(index + 1) / 4, zeroPoint: Int32(index - 3))
        ])
      network.writer.addPreprocessing(
        plainRecord(format, resize: 0, width: width, height: height, .bilinear, input: index))
    }
    return try network.model()
  }

  @Test("Pictures go into the inputs that are named, outputs come with their own scales")
  func severalInputs() throws {
    let model = try threeInputs()
    let session = try Session(model)
    #expect(session.inputCount == 3 && session.outputCount == 3)
    #expect(session.inputIndex(named: "cut-out") == 2)
    #expect(session.outputIndex(named: "colour out") == 1)
    #expect(session.inputIndex(named: "colour out") == nil)
    let layouts: [PixelLayout] = [.grey, .bgr, .rgba]
    for run in 0..<2 {
      var expected: [[Int8]] = []
      for index in 0..<3 {
        let picture = noise(9 + run, 7, .rgb, seed: UInt64(10 * run + index))
        try session.setImage(picture, input: index)
        let shape = model.tensor(model.inputs[index].tensor)
        // Converted by hand first, then resized.
        var bytes = [UInt8](
          repeating: 0, count: picture.width * picture.height * layouts[index].channels)
        picture.withView { view in
          bytes.withUnsafeMutableBufferPointer { view.convert(into: $0, as: layouts[index]) }
        }
        let converted = PixelImage(
          width: picture.width, height: picture.height, layout: layouts[index], pixels: bytes)
        let resized = converted.resized(
          width: shape.width, height: shape.height, filter: .bilinear)
        expected.append(resized.pixels.map { Int8(bitPattern: $0) })
      }
      session.run()
      for index in 0..<3 {
        #expect(session.values(ofTensor: session.outputTensor(index)) == expected[index])
        let scale = Float(index + 1) / 4
        #expect(
          try session.output(index)
            == expected[index].map { scale * Float(Int32($0) - Int32(index - 3)) })
      }
    }
  }

  @Test("Values go in and come out as they are")
  func values() throws {
    let session = try Session(try threeInputs(), threads: 2)
    for (index, count) in [24, 45, 16].enumerated() {
      try session.setInput(index, (0..<count).map { Int8($0 + index) })
    }
    let times = session.runTimed()
    #expect(times.count == 3)
    #expect(session.values(ofTensor: session.outputTensor(1)) == (1..<46).map { Int8($0) })
    #expect(session.threads == 2)
    #expect(!String(cString: session.kernelSet).isEmpty)
  }

  @Test("Channels with scales of their own are dequantized by them")
  func perChannel() throws {
    var network = TestNetwork()
    let records = (0..<3).map { QuantizationRecord(scale: Float(1 << $0), zeroPoint: Int32($0)) }
    network.pass("x", height: 1, width: 2, channels: 3, quantization: records)
    let session = try Session(try network.model())
    try session.setInput(0, [-1, 0, 1, 10, 11, 12])
    session.run()
    #expect(try session.output() == [-1, -2, -4, 10, 20, 40])
    let dequantizer = session.dequantizer(ofTensor: session.outputTensor(0))
    #expect(dequantizer.real(-128, channel: 2) == -520)
  }

  private func error(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return error is InferenceError ? "\(error)" : "another error: \(error)"
    }
  }

  @Test("What does not fit is said in a sentence")
  func errors() throws {
    let session = try Session(try threeInputs())
    let picture = noise(3, 3, .rgb, seed: 1)
    #expect(
      error { try session.setImage(picture) }
        == "the network has 3 inputs; an image can fill one only")
    #expect(
      error { try session.setImage(picture, input: 3) }
        == "there is no input number 3: the network has 3")
    #expect(
      error { try session.setInput(1, [1, 2]) }
        == "expected 45 values for input number 1, found 2")
    #expect(
      error { try session.setInput(-1, []) } == "there is no input number -1: the network has 3")
    #expect(
      error { _ = try session.output(7) } == "there is no output number 7: the network has 3")

    var plain = TestNetwork()
    plain.pass("x", height: 2, width: 2, channels: 5)
    let silent = try Session(try plain.model())
    #expect(
      error { try silent.setImage(picture) }
        == "the bundle does not say how an image becomes its input")
    #expect(
      error { _ = try silent.answer() }
        == "the bundle does not say what its outputs mean; read them instead")
    let model = try plain.model()
    #expect(
      error { _ = try Session(model, kernelSet: "nonsense") }
        == "the bundle cannot be run: no kernel set of that name works on this processor")
    #expect(error { _ = try Session(model, threads: 0) }?.contains("0 threads") == true)
  }

  @Test(
    "Pictures of one size are preprocessed and run without any allocation",
    .enabled(if: swl_allocation_count() >= 0, "allocations cannot be counted in this build"))
  func allocations() throws {
    var network = TestNetwork()
    network.pass("x", height: 16, width: 12, channels: 3)
    network.writer.addPreprocessing(
      plainRecord(.rgb, resize: 20, width: 12, height: 16, .bicubic))
    let session = try Session(try network.model())
    for layout in PixelLayout.allCases {
      let pictures = (0..<2).map { noise(50, 40, layout, seed: UInt64($0)) }
      try session.setImage(pictures[0])
      session.run()
      let first = swl_allocation_count_of_thread()
      try session.setImage(pictures[1])
      session.run()
      let last = swl_allocation_count_of_thread()
      #expect(last == first, "\(layout)")
    }
  }
}
