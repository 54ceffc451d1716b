import SwiftletImage
import SwiftletPixels
import SwiftletPlatform

/// Makes pictures of frames: the same pixels as of image files.
struct FrameDecoder {
  private var converter: RawFrameConverter?

  /// Frames as `options` describes them.
  ///
  /// Throws when there is no memory for raw frames and their pixels: one frame is read while another
  /// is in use and, with `--latest`, a third waits.
  init(_ options: StreamOptions) throws(WorkFailure) {
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

  /// The picture of a frame. Throws its damage, or why it cannot be decoded.
  mutating func image(_ frame: StreamFrame) throws(WorkFailure) -> PixelImage {
    if let damage = frame.damage { throw WorkFailure(damage) }
    if converter != nil, let image = frame.bytes.withUnsafeBytes({ converter?.image($0) }) {
      return image
    }
    let result = frame.bytes.withUnsafeBytes { buffer -> Result<PixelImage, ImageError> in
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
}
