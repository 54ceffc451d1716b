import SwiftletInference
import SwiftletPixels
import SwiftletRuntime

/// A bundle with one image input and its first output as scores, on the integer kernels that a board
/// uses.
public final class BundleClassifier {
  private let session: Session
  private let tables: PixelTables
  private let output: Int

  /// Prepares a bundle that knows its preprocessing.
  ///
  /// - Throws: `CompareError.bundle`, `.inputCount`, `.noPreprocessing` or `.noOutput`.
  public init(_ model: Model, threads: Int) throws(CompareError) {
    guard model.inputs.count == 1 else { throw .inputCount(float: 1, bundle: model.inputs.count) }
    guard let port = model.outputs.first else { throw .noOutput }
    output = port.tensor
    do throws(InferenceError) {
      tables = try ImagePreprocessor(model, input: 0).tables
      session = try Session(model, threads: threads)
    } catch {
      throw CompareError(error)
    }
  }

  /// The class with the highest score, of equal ones the lower, for a picture of the input's size.
  public func bestClass(_ picture: PixelImage) -> Int? {
    picture.withView { view in
      session.withInput(0) { tables.apply(to: view, into: $0) }
    }
    session.run()
    return Classification.top(session.dequantized(tensor: output), 1).first?.classIndex
  }
}
