import SwiftletConvert
import SwiftletImport

extension OutputMeaning {
  /// What the outputs of a network with this task mean.
  init(_ task: NetworkTask?) {
    switch task {
    case .classes: self = .logits
    case .multilabel: self = .independentLogits
    case .features: self = .features
    case nil: self = .numbers
    }
  }
}
