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
  /// The preprocessing makes other pictures than input number `input` takes.
  case preprocessing(input: Int, makes: ImageShape, takes: ImageShape)
  /// The bundle resizes in a way that is not known.
  case interpolation(found: UInt32)
  /// An input has a number of channels that no pixel format has.
  case channels(input: Int, found: Int)
  /// There is not enough memory for a picture.
  case outOfMemory(byteCount: Int)
  /// The network's task is not the one whose answer was asked for.
  case task(found: Task.Kind)

  /// What a number stands for.
  public enum PortRole: Sendable {
    case input, output, tensor
  }

  /// Rows, columns and channels.
  public struct ImageShape: Equatable, Sendable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Bytes of a pixel.
    public let channels: Int

    /// A shape from its sides.
    public init(height: Int, width: Int, channels: Int) {
      self.height = height
      self.width = width
      self.channels = channels
    }
  }

  init(_ error: PixelError) {
    switch error {
    case .outOfMemory(let count): self = .outOfMemory(byteCount: count)
    }
  }
}
