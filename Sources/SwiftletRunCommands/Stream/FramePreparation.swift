import SwiftletImage

/// Makes the network's input of frames: the same steps as for image files.
struct FramePreparation {
  private let input: ImageInput
  private var converter: RawFrameConverter?
  private var plan: PreprocessingPlan?

  /// Frames as `options` describes them, preprocessed as `input` says.
  init(_ input: ImageInput, _ options: StreamOptions) {
    self.input = input
    converter = options.raw.map { RawFrameConverter($0, colours: options.colours) }
  }

  /// The input's bytes for a frame. Throws its damage, or why it cannot be decoded.
  mutating func values(_ frame: StreamFrame) throws(WorkFailure) -> [Int8] {
    if let damage = frame.damage { throw WorkFailure(damage) }
    let image = try image(frame)
    let plan = plan(width: image.width, height: image.height)
    return input.quantized(plan.apply(to: image))
  }

  private mutating func image(_ frame: StreamFrame) throws(WorkFailure) -> RGBImage {
    if converter != nil, let image = frame.bytes.withUnsafeBytes({ converter?.image($0) }) {
      return image
    }
    let result = frame.bytes.withUnsafeBytes { buffer -> Result<RGBImage, ImageError> in
      do throws(ImageError) {
        return .success(try ImageReader.decode(buffer))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let image): return image
    case .failure(let error): throw WorkFailure("\(error)")
    }
  }

  private mutating func plan(width: Int, height: Int) -> PreprocessingPlan {
    if let plan, plan.width == width, plan.height == height { return plan }
    let new = input.plan(width: width, height: height)
    plan = new
    return new
  }
}
