import CSwiftletKernels
import SwiftletTestSupport

/// A curve in the kernels' form too.
final class KernelCurve: Equatable, @unchecked Sendable {
  let curve: OracleCurve
  private let bytes: AlignedBytes

  init(_ curve: OracleCurve) {
    self.curve = curve
    bytes = AlignedBytes(curve.bytes)
  }

  /// Valid while this object lives.
  var pointer: UnsafePointer<SwlCurve> {
    UnsafeRawPointer(bytes.int8s).assumingMemoryBound(to: SwlCurve.self)
  }

  static func == (a: KernelCurve, b: KernelCurve) -> Bool { a.curve == b.curve }
}
