// Names what is in a picture: classify BUNDLE PICTURE
import Glibc
import SwiftletImage
import SwiftletInference
import SwiftletRuntime

/// The best class of a picture, with its probability.
func classify(_ picturePath: String, with bundlePath: String) throws -> String {
  // Loading maps the file and checks all of it but the weights' bytes. Any number of sessions, each
  // on a thread of its own, may share the model.
  let model = try Model(path: bundlePath)
  let session = try Session(model, threads: 1)

  // A picture of any size: the bundle says how it is resized, cropped and normalised.
  try session.setImage(try ImageReader.read(picturePath))

  // Integer arithmetic only, which cannot fail and allocates nothing.
  session.run()

  guard let best = try session.classes(top: 1).first else { return "nothing" }
  let percent = (best.probability * 10_000).rounded() / 100
  return "\(BundleInfo(path: bundlePath, model).label(best.classIndex)), \(percent) %"
}

let words = CommandLine.arguments
if words.count == 3 {
  do {
    print(try classify(words[2], with: words[1]))
  } catch {
    // An error's description is one sentence.
    print("cannot classify: \(error)")
    exit(1)
  }
} else {
  print("usage: classify BUNDLE PICTURE")
  exit(2)
}
