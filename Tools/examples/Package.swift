// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "SwiftletExamples",
  dependencies: [
    // Elsewhere: .package(url: "…", branch: "main"). The name is the package's, whatever its folder.
    .package(name: "Swiftlet", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "classify", dependencies: [.product(name: "SwiftletInference", package: "Swiftlet")])
  ],
  swiftLanguageModes: [.v6]
)
