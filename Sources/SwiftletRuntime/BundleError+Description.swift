// Not part of an Embedded build, which has no text made at run time: Tools/arm/build-embedded leaves
// it out.

extension BundleError: CustomStringConvertible {
  /// One sentence, without the name of the file: what was expected and what was found.
  public var description: String {
    switch self {
    case .cannotOpen(let errno):
      return "cannot be opened (system error \(errno))"
    case .notABundle:
      return "is not a Swiftlet bundle: its first eight bytes are not a bundle's"
    case .unsupportedVersion(found: 1):
      return "is a bundle of format version 1, which is no longer read; convert the network again"
    case .unsupportedVersion(let found):
      return "is a bundle of format version \(found); this program reads version "
        + "\(BundleLayout.version)"
    case .wrongLength(let expected, let found):
      let problem = found < expected ? "cut off" : "too long"
      return "is \(problem): expected \(expected) bytes, found \(found)"
    case .header(let field, let found, let expected):
      return "has a damaged header: \(field) is \(found), expected \(expected)"
    case .digestMismatch(.metadata):
      return "is damaged: the header and tables do not have the SHA-256 digest in the header"
    case .digestMismatch(.weights):
      return "is damaged: the weights do not have the SHA-256 digest in the section table"
    case .section(let section, let field, let found, let expected):
      return "has a bad section '\(section)': \(field) is \(found), expected \(expected)"
    case .record(let section, let record, let field, let found, let expected):
      return "has a bad record \(record) in section '\(section)': \(field) is \(found), "
        + "expected \(expected)"
    case .shape(let operation, let axis, let computed, let found):
      return "has a wrong shape: operation \(operation) computes \(axis) \(computed), its output "
        + "tensor has \(found)"
    case .channel(let operation, let channel, let field, let found, let expected):
      return "has a bad constant in operation \(operation), channel \(channel): \(field) is "
        + "\(found), expected \(expected)"
    case .limit(let what, let found, let maximum):
      let number = found == .max ? "more" : "\(found)"
      return "asks for too much: \(number) \(what), at most \(maximum) are allowed"
    case .plan(let tensor, let other, let problem):
      return "cannot be run: the memory plan \(problem) (tensors \(tensor) and \(other))"
    case .outOfMemory(let byteCount):
      return "cannot be run: \(byteCount) bytes of memory are not available"
    case .unknownKernelSet:
      return "cannot be run: no kernel set of that name works on this processor"
    case .threads(let count):
      return "cannot be run on \(count) threads: expected 1 to \(Interpreter.maximumThreads), as "
        + "many as the system can start"
    case .weight(let operation, let offset, let found, let expected):
      return "has a bad weight in operation \(operation), byte \(offset): \(found), expected "
        + "\(expected)"
    case .accumulator(let operation, let channel, let bound):
      return "can overflow in operation \(operation), channel \(channel): a sum may reach "
        + "\(bound), expected less than 1073741824"
    }
  }
}
