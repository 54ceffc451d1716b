// Fuzzes one target with libFuzzer. Tools/fuzz/run and Tools/fuzz/replay call it:
//
//   swiftlet-fuzz TARGET [libFuzzer's options and folders]

import CLibFuzzer
import SwiftletPlatform

/// The target of this process, set before the first execution.
nonisolated(unsafe) var target = FuzzTarget.bundle

@_cdecl("LLVMFuzzerCustomMutator")
func customMutator(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: UInt32
) -> Int {
  Mutator.mutate(data, size, capacity, seed: seed, target)
}

func start() -> Int32 {
  guard CommandLine.argc > 1, let chosen = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    say("usage: swiftlet-fuzz TARGET [libFuzzer's options], of \(names)")
    return 2
  }
  target = chosen
  atexit { Counts.print() }
  // The words after the target are libFuzzer's; the program's name stands before them.
  let words = CommandLine.unsafeArgv
  words[1] = words[0]
  var count = CommandLine.argc - 1
  var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = words + 1
  return LLVMFuzzerRunDriver(&count, &rest) { data, size in
    target.execute(UnsafeBufferPointer(start: data, count: size))
    return 0
  }
}

exit(start())
