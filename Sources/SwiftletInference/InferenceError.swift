import SwiftletPixels
import SwiftletRuntime

/// Why a picture cannot become an answer. Payloads hold no text made at run time, so that the type
/// costs nothing on a board; `description` makes the sentence.
public enum InferenceError: Error {
  /// The bundle cannot be run.
  case bundle(BundleError)
  /// There is no input, output or tensor of that number; there are `count`.
  case noSuchIndex(PortRole, found: Int, count: Int)
  /// A value was asked for, or given, of another length than the port has.
  case length(PortRole, index: Int, expected: Int, found: Int)
  /// A single picture was given to a network with `count` inputs.
  case imageInputs(count: Int)
  /// The bundle does not say how a picture becomes input number `input`.
  case noPreprocessing(input: Int)
  /// There is not enough memory for a picture.
  case outOfMemory(byteCount: Int)
  /// The network's task is not the one whose answer was asked for, or its answer is not decoded yet.
  case task(found: TaskKind)
  /// The bundle does not say what the network's outputs mean, nor does their shape.
  case noTask

  /// What a number stands for.
  public enum PortRole: Sendable {
    case input, output, tensor
  }

  init(_ error: PixelError) {
    switch error {
    case .outOfMemory(let count): self = .outOfMemory(byteCount: count)
    }
  }
}
