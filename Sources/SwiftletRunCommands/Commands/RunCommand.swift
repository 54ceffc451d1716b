import SwiftletInference
import SwiftletPlatform
import SwiftletRuntime

/// `swiftlet run`: classifies images, or runs raw tensors.
public enum RunCommand {
  /// The command with its help.
  public static let command = Command(description) { arguments, console in
    try execute(arguments, console)
  }

  private static let description = CommandDescription(
    name: "run", summary: "run a bundle on images, on a camera's frames or on raw int8 tensors",
    operands: ["BUNDLE", "IMAGE…"],
    options: [
      top, SharedOptions.threads, SharedOptions.isa, SharedOptions.noMap, inputTensor, outputTensor,
      json,
    ] + StreamOptions.options,
    details: [
      """
      IMAGE is a JPEG or PNG file. The bundle says how it is resized, cropped and normalised, and
      what its classes are called. Probabilities are the softmax of the dequantised scores. An
      image that cannot be read is reported and the others are still run; the exit status is then 1.
      """,
      """
      IMAGE may be '-' instead: a stream of frames on standard input, each of which gives a line at
      once. Without --raw they are JPEG images one after the other (MJPEG), or PNG images; with it
      the pixels themselves. Numbers of frames count dropped ones. A damaged image is reported and
      the stream goes on; the exit status is then 1, and also when the stream ends inside a frame.
      SIGINT (Ctrl-C) and SIGTERM stop a stream after the frame in hand; the summary is printed, and
      the exit status is 130 or 143.
      """,
      """
      Of --yuv, jpeg is BT.601 in full range, which 'rpicam-vid --codec yuv420' writes; bt601 and
      bt709 are in video range, bt601 being what ffmpeg makes of RGB. STRIDE is the bytes from one
      row of rgb24 or luma to the next where rows are padded. rpicam-vid pads luma to a multiple of
      64 on a Pi 4 and older and of 128 on a Pi 5; widths of 640, 1280 and 1920 need no padding.
      """,
      """
      Tensors written by --output-tensor are the same bytes on every machine and for every number
      of threads: compare two machines with 'cmp'. Without NAME the network's own input or output
      is meant. Names of tensors are those of 'swiftlet inspect'.
      """,
    ],
    examples: [
      .init("swiftlet run mobilenet.swiftlet cat.jpg dog.png", "The five best classes of each."),
      .init(
        "swiftlet run mobilenet.swiftlet cat.jpg --top 1 --json", "The best class, for programs."),
      .init(
        "swiftlet run mobilenet.swiftlet cat.jpg --output-tensor features.3.conv.2=f3.bin",
        "Also keeps an intermediate result."),
      .init(
        "swiftlet run mobilenet.swiftlet --input-tensor in.bin --output-tensor out.bin",
        "Bytes in, bytes out: no image is decoded."),
      .init(
        "rpicam-vid -t 0 -n --width 640 --height 480 --codec yuv420 -o - |\n"
          + "    swiftlet run mobilenet.swiftlet - --raw 640x480:yuv420 --latest",
        "A Raspberry Pi's camera, always its newest frame."),
    ], reference: reference)

  private static let top = Option(
    "--top", value: "K", in: 1...100_000,
    "how many classes to print for each image (default 5; 1 for frames)")
  private static let inputTensor = Option(
    "--input-tensor", repeated: "[NAME=]FILE", "raw int8 input (NHWC) instead of an image")
  private static let outputTensor = Option(
    "--output-tensor", repeated: "[NAME=]FILE",
    "write a tensor as raw int8 (NHWC); NAME is any tensor of the bundle")
  private static let json = Option(
    "--json", "print one JSON object, or one a line for each frame")

  private static func execute(_ arguments: Arguments, _ console: Console) throws -> Int32 {
    let images = Array(arguments.operands.dropFirst())
    let inputTexts = try arguments[inputTensor]
    let outputTexts = try arguments[outputTensor]
    let isStream = images.contains("-")
    let stream = try StreamOptions(arguments, isStream: isStream)
    let classCount = try arguments[top] ?? (isStream ? 1 : 5)
    let settings = try SessionSettings(arguments)
    if images.isEmpty && inputTexts.isEmpty {
      throw UsageError("IMAGE is missing: name an image, or give --input-tensor FILE")
    }
    if !images.isEmpty && !inputTexts.isEmpty {
      throw UsageError("give images or --input-tensor, not both")
    }
    if isStream { try check(stream, images, writesTensors: !outputTexts.isEmpty) }
    if images.count > 1 && !outputTexts.isEmpty {
      throw UsageError("--output-tensor writes the tensor of one image; give one image at a time")
    }

    let bundle = try LoadedBundle(path: arguments.operands[0], mapped: settings.mapped)
    let info = bundle.info
    let outputs = try outputTexts.map { try namedTensor($0, info, ports: info.outputs, "output") }
    let session = try Session(
      bundle, settings,
      keepAllTensors: outputs.contains { output in
        !info.outputs.contains { $0.tensor == output.tensor }
      })
    let inputs = try inputTexts.map { try namedTensor($0, info, ports: info.inputs, "input") }
    try check(inputs: inputs, info)
    try check(outputs: outputs, inputs: [info.path] + images + inputs.map(\.file))
    if isStream {
      let report = StreamReport(info, top: classCount, json: arguments.has(json))
      var run = try StreamRun(info, session, stream, report: report, console)
      System.catchStopSignals()
      return try run.run(from: System.standardInput) { try write(outputs, info, session) }
    }

    var report = RunReport(info: info, session: session, top: classCount, json: arguments.has(json))
    if images.isEmpty {
      for input in inputs { try session.setInput(input.tensor, fromFile: input.file, info) }
      report.add(name: inputs.map(\.file).joined(separator: ", "), session, console)
      try write(outputs, info, session)
    }
    for image in images {
      do throws(WorkFailure) {
        try session.setInput(fromImage: image, info)
      } catch {
        console.error(error.message)
        report.addFailure(name: image, error.message)
        continue
      }
      report.add(name: image, session, console)
      try write(outputs, info, session)
    }
    report.finish(console)
    return report.failed ? ExitStatus.failed : ExitStatus.done
  }

  /// A stream is the only image, and comes from somewhere.
  private static func check(
    _ stream: StreamOptions, _ images: [String], writesTensors: Bool
  ) throws(UsageError) {
    guard images.count == 1 else {
      throw UsageError(
        "- stands for frames on standard input, and for no other image: for a file of that name "
          + "write ./-")
    }
    if writesTensors && stream.frames != 1 {
      throw UsageError("--output-tensor writes the tensor of one frame; give --frames 1 with it")
    }
    if System.isTerminal(0) {
      throw UsageError("- reads frames from standard input, which is a terminal: pipe them into it")
    }
  }

  private typealias NamedFile = (tensor: Int, file: String)

  /// The tensor and file that `[NAME=]FILE` means; without NAME the only one of `ports`.
  private static func namedTensor(
    _ text: String, _ info: BundleInfo, ports: [BundleInfo.Port], _ role: String
  ) throws -> NamedFile {
    let argument = TensorArgument(text) { info.tensorIndex(named: $0) != nil }
    guard !argument.file.isEmpty else {
      throw UsageError("--\(role)-tensor needs a file: --\(role)-tensor [NAME=]FILE")
    }
    if let name = argument.name {
      guard let tensor = info.tensorIndex(named: name) else { throw info.noTensor(named: name) }
      return (tensor, argument.file)
    }
    guard ports.count == 1 else {
      let names = Text.list(ports.prefix(8).map { ShownText.name($0.name) }, "and")
      throw UsageError(
        "the network has \(ports.count) \(role)s (\(names)): write --\(role)-tensor NAME=FILE")
    }
    return (ports[0].tensor, argument.file)
  }

  /// With raw tensors, every input of the network must be given, once.
  private static func check(inputs: [NamedFile], _ info: BundleInfo) throws {
    guard !inputs.isEmpty else { return }
    for input in inputs where !info.inputs.contains(where: { $0.tensor == input.tensor }) {
      throw WorkFailure(
        "\(info.path): '\(ShownText.name(info.tensors[input.tensor].name))' is no input; the "
          + "network's \(info.inputs.count == 1 ? "input is" : "inputs are") "
          + Text.list(info.inputs.prefix(8).map { ShownText.name($0.name) }, "and"))
    }
    for port in info.inputs {
      let count = inputs.filter { $0.tensor == port.tensor }.count
      guard count == 1 else {
        let found = count == 0 ? "is not given" : "is given \(count) times"
        let name = ShownText.name(port.name)
        throw UsageError("input \(name) \(found): write --input-tensor \(name)=FILE once")
      }
    }
  }

  /// No output may overwrite what is read, or another output.
  private static func check(outputs: [NamedFile], inputs: [String]) throws(UsageError) {
    for (index, output) in outputs.enumerated() {
      if let input = inputs.first(where: { System.isSameFile($0, output.file) }) {
        throw UsageError(
          "--output-tensor \(output.file) would overwrite the input \(input); give another file")
      }
      // What is not there yet has an identity too: `a` and `./a` would be one file.
      let identity = FileIdentity(output.file)
      let other = outputs[..<index].first {
        $0.file == output.file || identity != nil && FileIdentity($0.file) == identity
      }
      guard let other else { continue }
      let alias = other.file == output.file ? "" : " (\(other.file) is the same file)"
      throw UsageError(
        "--output-tensor writes \(output.file) twice\(alias); give every tensor its own file")
    }
  }

  private static func write(
    _ outputs: [NamedFile], _ info: BundleInfo, _ session: Session
  ) throws {
    for output in outputs {
      let count = info.tensors[output.tensor].count
      if !Memory.isAvailable(2 * count) {
        throw WorkFailure(
          "cannot write \(output.file): its \(count) bytes need as much memory twice, which is not "
            + "to be had")
      }
      let bytes = session.values(ofTensor: output.tensor).map { UInt8(bitPattern: $0) }
      do throws(System.FileError) {
        try System.writeFile(output.file, bytes)
      } catch {
        throw WorkFailure("cannot write \(error)")
      }
    }
  }
}
