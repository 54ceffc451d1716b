import SwiftletGraph
import SwiftletPlatform

/// How far a result computed from a quantized tensor is from the float one.
enum TrialError {
  /// Σ(a − b)² / Σa².
  static func relativeSquares(_ reference: FloatTensor, _ trial: FloatTensor) -> Double {
    var error: Double = 0
    var power: Double = 0
    for (a, b) in zip(reference.values, trial.values) {
      error += Double((a - b) * (a - b))
      power += Double(a * a)
    }
    return error / max(power, 1e-30)
  }

  /// KL divergence of the softmax of `trial` from that of `reference`, in nats.
  static func softmaxDivergence(_ reference: FloatTensor, _ trial: FloatTensor) -> Double {
    let p = logSoftmax(reference.values)
    let q = logSoftmax(trial.values)
    return zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
  }

  private static func logSoftmax(_ logits: [Float]) -> [Double] {
    let greatest = Double(logits.max() ?? 0)
    let sum = logits.reduce(0) { $0 + exp(Double($1) - greatest) }
    return logits.map { Double($0) - greatest - log(sum) }
  }
}
