import SwiftletConvert
import SwiftletImport
import SwiftletRunCommands

/// `swiftlet inspect MODEL.onnx`: what a model holds, and whether it can be converted.
enum InspectModel {
  /// Whether the operand is a model that says what it is; false where it cannot be read, which others say.
  static func isModel(_ operand: String) -> Bool {
    (try? ModelSurvey.isModel(operand)) ?? false
  }

  static func execute(_ path: String, _ arguments: Arguments, _ console: Console) throws -> Int32 {
    let size = try arguments[NetworkArguments.input].map {
      InputSize(width: $0.width, height: $0.height)
    }
    let survey: ModelSurvey
    do throws(ImportError) {
      survey = try ModelSurvey(path, size: size)
    } catch {
      throw WorkFailure("\(error)")
    }
    let problem = self.problem(survey)
    console.print(
      arguments.has(SharedOptions.json)
        ? json(path, survey, problem).text : text(path, survey, problem))
    return ExitStatus.done
  }

  /// Why the model would be refused when it is read or converted; nil if it would not.
  private static func problem(_ survey: ModelSurvey) -> String? {
    guard let graph = survey.graph else { return survey.problem }
    do throws(ConvertError) {
      try Converter.check(graph)
    } catch {
      return "\(error)"
    }
    return nil
  }

  private static func text(_ path: String, _ survey: ModelSurvey, _ problem: String?) -> String {
    var lines = ["\(path): ONNX, operator set \(survey.version)"]
    if !survey.producer.isEmpty { lines.append("  made by      \(survey.producer)") }
    for (word, ports) in [("input", survey.inputs), ("output", survey.outputs)] {
      lines += ports.map { "  \(Text.left(word, 11))  \($0.name), \($0.shape ?? "of any shape")" }
    }
    lines.append("  constants    \(Text.grouped(survey.parameterCount)) numbers")
    lines.append(
      "  operators    "
        + survey.operators.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
    let unknown = survey.operators.filter { !$0.isKnown }
    if !unknown.isEmpty {
      lines.append("  not known    " + unknown.map(\.name).joined(separator: ", "))
    }
    if let problem {
      lines.append("  refused      \(problem)")
    } else {
      lines.append(
        "  read         "
          + (survey.transposeCount == 0
            ? "with no transposition left"
            : "with \(Text.counted(survey.transposeCount ?? 0, "transposition")) left"))
      lines.append(
        "  convert      choose --preprocess torchvision, keras or unit, or --mean and --std: what training "
          + "did to the pixels is not in the file")
    }
    return lines.map(Text.printable).joined(separator: "\n")
  }

  private static func json(
    _ path: String, _ survey: ModelSurvey, _ problem: String?
  ) -> JSONValue {
    func ports(_ list: [ModelSurvey.Port]) -> JSONValue {
      .array(
        list.map {
          .object([
            .init("name", .string($0.name)), .init("shape", $0.shape.map { .string($0) } ?? .null),
          ])
        })
    }
    return .object([
      .init("model", .string(path)), .init("operator_set", .integer(survey.version)),
      .init("producer", .string(survey.producer)), .init("inputs", ports(survey.inputs)),
      .init("outputs", ports(survey.outputs)), .init("constants", .integer(survey.parameterCount)),
      .init(
        "operators",
        .array(
          survey.operators.map {
            .object([
              .init("name", .string($0.name)), .init("count", .integer($0.count)),
              .init("known", .bool($0.isKnown)),
            ])
          })),
      .init("problem", problem.map { .string($0) } ?? .null),
      .init("transpositions", survey.transposeCount.map { .integer($0) } ?? .null),
    ])
  }
}
