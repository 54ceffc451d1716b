import SwiftletRuntime

/// The outputs of two runs that must be alike are not.
let differs: Int32 = 100
/// The input has another length than the bundle's.
let wrongInput: Int32 = 101

/// A number for each kind of error, which main.c knows some of.
func code(_ error: BundleError) -> Int32 {
  switch error {
  case .cannotOpen: return 1
  case .unknownKernelSet: return 2
  case .notABundle, .unsupportedVersion, .wrongLength, .header, .digestMismatch: return 3
  case .section: return 4
  case .record: return 5
  case .shape: return 6
  case .channel: return 7
  case .limit: return 8
  case .plan: return 9
  case .outOfMemory: return 10
  case .threads: return 11
  case .weight: return 12
  case .accumulator: return 13
  }
}
