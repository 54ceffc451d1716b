import Testing

@Suite("Program", .enabled(if: program != nil, "the program was not built beside the tests"))
struct ProgramTests {
  @Test(
    "Wrong words for convert and compare give one sentence and status 2",
    arguments: [
      (["convert"], "MODEL is missing"),
      (["convert", "m.pt"], "-o OUT.swiftlet is missing"),
      (["convert", "m.pt", "-o", "/tmp/o"], "--calibrate DIR|CSV is missing"),
      (["convert", "random:x", "-o", "/tmp/o"], "random:SEED takes a whole number"),
      (["convert", "m", "-o", "o", "--calibrate", "c", "--crop", "200"], "differ"),
      (
        ["convert", "m", "-o", "o", "--calibrate", "c", "--resize", "100"], "smaller than the crop"
      ),
      (["convert", "m", "-o", "o", "--calibrate", "c", "--method", "best"], "minmax, percentile"),
      (["convert", "m", "-o", "o", "--calibrate", "c", "--mean", "1,2"], "each channel"),
      (["convert", "m", "-o", "o", "--calibrate", "c", "--std", "1,0,1"], "above 0"),
      (["convert", "m", "-o", "o", "--arch", "mobilnet_v2"], "did you mean mobilenet_v2?"),
      (["convert", "m", "-o", "o", "--width", "0"], "0.05 to 4"),
      (["convert", "m", "-o", "o", "--input", "0"], "1 to 4096"),
      (["convert", "m", "-o", "o", "--padding", "valid"], "symmetric, same or even"),
      (["convert", "m", "-o", "o", "--activation", "gelu"], "relu, relu6, hardSwish or silu"),
      (["convert", "m", "-o", "o", "--preprocess", "caffe"], "torchvision, keras or unit"),
      (["convert", "m", "-o", "o", "--interpolation", "lanczos"], "bilinear, bicubic or nearest"),
      (["convert", "m", "-o", "o", "--classes", "10"], "random:SEED only"),
      (["convert", "m", "-o", "o", "--calibration-count", "0"], "from 1 to 100000"),
      (["convert", "random:1", "-o", "o"], "--arch NAME is missing"),
      (["convert", "", "-o", "o"], "MODEL is an empty word"),
      (["compare", "m"], "BUNDLE is missing"),
      (["compare", "m", "b"], "--images DIR|CSV is missing"),
      (["compare", "m", "b", "--images", "i", "--limit", "0"], "at least 1"),
      (["compare", "m", "b", "--imags", "i"], "did you mean --images?"),
      (["conver"], "did you mean convert?"),
    ])
  func wrongWords(words: [String], expected: String) throws {
    let process = try swiftlet(words)
    #expect(process.status == 2)
    #expect(process.output.isEmpty)
    #expect(process.errors.contains(expected), "\(process.errors)")
    #expect(process.errors.filter { $0 == "\n" }.count == 1)
  }
}
