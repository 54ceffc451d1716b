import SwiftletImage
import SwiftletPlatform

/// Makes the network's input of frames: the same steps as for image files.
struct FramePreparation {
  private let input: ImageInput
  private var converter: RawFrameConverter?
  private var plan: PreprocessingPlan?

  /// Frames as `options` describes them, preprocessed as `input` says.
  ///
  /// Throws when there is no memory for raw frames and their pixels: one frame is read while another
  /// is in use and, with `--latest`, a third waits.
  init(_ input: ImageInput, _ options: StreamOptions) throws(WorkFailure) {
    self.input = input
    if let raw = options.raw {
      let count = 3 * raw.byteCount + 3 * raw.width * raw.height
      if !Memory.isAvailable(count) {
        throw WorkFailure(
          "\(streamName): frames of \(raw.width)×\(raw.height) need \(count) bytes of memory, "
            + "which are not available")
      }
    }
    converter = options.raw.map { RawFrameConverter($0, colours: options.colours) }
  }

  /// The input's bytes for a frame. Throws its damage, or why it cannot be decoded.
  mutating func values(_ frame: StreamFrame) throws(WorkFailure) -> [Int8] {
    if let damage = frame.damage { throw WorkFailure(damage) }
    let image = try image(frame)
    let plan = try plan(width: image.width, height: image.height)
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

  private mutating func plan(width: Int, height: Int) throws(WorkFailure) -> PreprocessingPlan {
    if let plan, plan.width == width, plan.height == height { return plan }
    do throws(ImageError) {
      let new = try input.plan(width: width, height: height)
      plan = new
      return new
    } catch {
      throw WorkFailure("\(error)")
    }
  }
}
