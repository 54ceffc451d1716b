import SwiftletGraph
import SwiftletPlatform

/// What shapes leave open, decided: by an option, by what the file states, or by whoever gave the
/// tensors their names.
struct Choices {
  /// What the network is built with.
  private(set) var convention: NetworkConvention
  /// What was decided without being told, a sentence each.
  private(set) var notes: [String] = []

  /// Decides for a network whose names are `naming`'s; nil where they are nobody's, so that the order of
  /// its tensors is all there is.
  ///
  /// - Throws: `undecided` when names are nobody's and the options leave something open that nothing is
  ///   going to prove (`NetworkOptions.isProven`).
  init(
    _ file: WeightFile, _ architecture: Architecture, _ naming: Naming?, _ options: NetworkOptions,
    network: String, isFolded: Bool
  ) throws(NetworkProblem) {
    let fromTensorFlow = naming == .timm && file.isTensorFlows
    convention = (naming ?? architecture.ownNaming).convention(
      architecture, fromTensorFlow: fromTensorFlow)
    var open: [String] = []
    var said: [String] = []

    if let padding = options.padding {
      convention.padding = padding
    } else if let stated = file.statedPadding {
      convention.padding = stated
      notes.append("padding \(stated.rawValue), from the file's metadata")
    } else {
      open.append("--padding")
      said.append("padding \(convention.padding.rawValue)")
    }
    if let epsilon = options.epsilon {
      convention.epsilon = epsilon
    } else if let stated = file.statedEpsilon {
      convention.epsilon = stated
      notes.append("batch-norm epsilon \(stated), from the file's metadata")
    } else if !isFolded {
      if naming == .swiftlet, convention.padding == .same { convention.epsilon = 1e-3 }
      open.append("--bn-eps")
      said.append("batch-norm epsilon \(convention.epsilon)")
    }
    if let stride = options.firstStride {
      convention.firstStride = stride
    } else {
      open.append("--first-stride")
      said.append("first stride \(convention.firstStride)")
    }
    if let activation = options.activation {
      convention.activation = activation
    } else {
      open.append("--activation")
      said.append("activation \(convention.activation.rawValue)")
    }

    if naming == nil, !options.isProven {
      // No option says where the gates stand.
      if architecture.hasGates { throw .undecided(network: network, options: []) }
      if !open.isEmpty { throw .undecided(network: network, options: open) }
    }
    guard !said.isEmpty, file.format != .random else { return }
    let list = said.joined(separator: ", ")
    let choices = said.count == 1 ? "option" : "options"
    guard let naming else {
      notes.append("\(list): taken as usual, which the reference has to prove")
      return
    }
    notes.append(
      "\(list): not in the file, taken as \(naming.rawValue)"
        + (fromTensorFlow ? "'s tf_ networks have" : " has")
        + " it; \(Self.list(open)) \(open.count == 1 ? "is" : "are") the \(choices) to change that; "
        + "later strides, dilations and pools are \(architecture.rawValue)'s own; --reference proves it all"
    )
    if naming == .timm, !fromTensorFlow, open.contains("--padding") || open.contains("--bn-eps"),
      architecture.hasTensorFlowTwin
    {
      notes.append(
        "if this is one of timm's tf_ networks, give --padding same and --bn-eps 0.001")
    }
  }

  static func list(_ words: [String]) -> String {
    words.count < 2
      ? words.joined()
      : words.dropLast().joined(separator: ", ") + " and " + words[words.count - 1]
  }
}

extension Architecture {
  /// Whether timm has the same network a second time, with TensorFlow's weights and padding.
  fileprivate var hasTensorFlowTwin: Bool {
    switch family {
    case .mobilenetV3, .efficientnet, .efficientnetV2, .efficientnetLite: true
    case .mobilenetV1, .mobilenetV2, .mobilenetV4, .fdMobilenet, .mnasnet, .mnasnetA1,
      .shufflenetV1,
      .shufflenetV2, .resnet, .vgg:
      false
    }
  }
}

extension WeightFile {
  /// The padding that the metadata state.
  fileprivate var statedPadding: PaddingStyle? {
    guard let text = metadata["padding"] else { return nil }
    if let style = PaddingStyle(rawValue: text) { return style }
    let states = text.uppercased().contains(part: "SAME") || text.contains(part: "F.pad (0,1,0,1)")
    return states ? .same : nil
  }

  /// The batch normalisations' epsilon that the metadata state.
  fileprivate var statedEpsilon: Float? {
    metadata["bn_eps"].flatMap(Float.init).flatMap { $0 >= 0 && $0 < 1 ? $0 : nil }
  }

  /// Whether the file says that it is one of timm's networks from TensorFlow: by its own name, or where
  /// it names its architecture.
  fileprivate var isTensorFlows: Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    return name.hasPrefix("tf_")
      || ["architecture", "arch", "model_name"].contains { metadata[$0]?.hasPrefix("tf_") == true }
  }
}
