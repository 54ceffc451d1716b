internal import CSwiftletKernels

/// The sets of kernels that this build holds, whether or not this processor can run them.
public enum KernelSets {
  /// How many there are, at least 1.
  public static var count: Int { Int(swl_kernel_set_count()) }

  /// The name of one, index 0 ..< `count`, the slowest first. It is never freed.
  public static func name(_ index: Int) -> UnsafePointer<CChar> {
    precondition(index >= 0 && index < count, "index of a kernel set out of range")
    return swl_kernel_set_at(Int32(index)).pointee.name
  }
}
