import SwiftletPixels

/// Reads raw frames, which follow each other without anything in between.
struct RawFrameReader: FrameReader {
  private let layout: RawFrameLayout
  private let source: ByteSource
  private var count = 0

  /// Reads frames of `layout` from `source`.
  init(_ layout: RawFrameLayout, from source: @escaping ByteSource) {
    self.layout = layout
    self.source = source
  }

  /// Reads the next frame, and waits for it.
  mutating func next(into frame: inout StreamFrame) -> FrameOutcome {
    let expected = layout.byteCount
    if frame.bytes.count != expected { frame.bytes = [UInt8](repeating: 0, count: expected) }
    frame.number = count + 1
    frame.damage = nil
    let source = source
    var found = 0
    let failure = frame.bytes.withUnsafeMutableBytes { buffer -> System.FileError? in
      do throws(System.FileError) {
        while found < expected {
          let length = try source(UnsafeMutableRawBufferPointer(rebasing: buffer[found...]))
          if length == 0 { break }
          found += length
        }
        return nil
      } catch {
        return error
      }
    }
    if let failure { return .failure("cannot read \(failure)") }
    if found == expected {
      count += 1
      return .frame
    }
    if found > 0 {
      return .failure(
        "\(streamName) ends in the middle of frame \(count + 1): expected \(expected) bytes, "
          + "found \(found)")
    }
    return count > 0
      ? .end
      : .failure("\(streamName): expected frames of \(expected) bytes, found nothing")
  }
}
