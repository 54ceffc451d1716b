import SwiftletGraph
import SwiftletImport

// Times the float executor on one network, for Tools/bench-float:
//
//     time-float MODEL ARCHITECTURE WIDTH INPUT THREADS SECONDS
//
// MODEL is a weight file or random:SEED. Prints {"min_ms": …, "median_ms": …} of runs that fill
// SECONDS, after a warm-up.

let words = Array(CommandLine.arguments.dropFirst())
guard words.count == 6, let architecture = Architecture(rawValue: words[1]),
  let width = Double(words[2]), let side = Int(words[3]), let threads = Int(words[4]),
  let seconds = Double(words[5])
else {
  fatalError("usage: time-float MODEL ARCHITECTURE WIDTH INPUT THREADS SECONDS")
}
var network = try ModelImporter.load(
  words[0],
  options: NetworkOptions(architecture: architecture, width: width, input: InputSize(side)))
var graph = network.takeGraph()
try graph.apply(Pass.reference)

let executor = FloatExecutor(graph, threads: threads)
let shape = graph.shape(of: graph.inputs[0].value)
// Noise in −1…1 by a linear congruence.
var state: UInt32 = 1
let values = (0..<shape.count).map { _ in
  state = state &* 1_664_525 &+ 1_013_904_223
  return Float(state >> 8) / Float(1 << 23) - 1
}
let input = [FloatTensor(shape: shape, values: values)]

let clock = ContinuousClock()
_ = executor.run(input)
var times: [Double] = []
let begin = clock.now
while times.count < 5 || clock.now - begin < .seconds(seconds) {
  times.append(clock.measure { _ = executor.run(input) } / .milliseconds(1))
}
times.sort()
print("{\"min_ms\": \(times[0]), \"median_ms\": \(times[times.count / 2])}")
