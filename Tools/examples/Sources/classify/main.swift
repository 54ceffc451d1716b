// Names what is in a picture: classify BUNDLE PICTURE
import SwiftletImage
import SwiftletInference
import SwiftletRuntime

let words = CommandLine.arguments
guard words.count == 3 else {
  fatalError("usage: classify BUNDLE PICTURE")
}

// Loading maps the file and checks all of it but the weights' bytes. Any number of sessions, each on a
// thread of its own, may share the model.
let model = try Model(path: words[1])
let session = try Session(model, threads: 1)

// A picture of any size: the bundle says how it is resized, cropped and normalised.
let picture = try ImageReader.read(words[2])
try session.setImage(picture)

// Integer arithmetic only, which cannot fail and allocates nothing.
session.run()

let info = BundleInfo(path: words[1], model)
if let best = try session.classes(top: 1).first {
  let percent = (best.probability * 10_000).rounded() / 100
  print("\(info.label(best.classIndex)), \(percent) %")
}
