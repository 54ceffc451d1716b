// swift-tools-version: 6.0
import PackageDescription

// The fuzz targets reach into modules that are no product of the package and should not become one, so
// its sources are built here once more, through links to their folders. Tools/fuzz/run and
// Tools/fuzz/replay give the options (coverage, AddressSanitizer, -enable-testing).
let package = Package(
  name: "SwiftletFuzz",
  targets: [
    .target(name: "CSwiftletSystem", path: "Swiftlet/CSwiftletSystem"),
    .target(
      name: "SwiftletPlatform", dependencies: ["CSwiftletSystem"],
      path: "Swiftlet/SwiftletPlatform"),
    .target(name: "CSwiftletKernels", path: "Swiftlet/CSwiftletKernels"),
    .target(
      name: "SwiftletDigest", dependencies: ["CSwiftletSystem"], path: "Swiftlet/SwiftletDigest"),
    .target(
      name: "SwiftletRuntime",
      dependencies: ["CSwiftletKernels", "CSwiftletSystem", "SwiftletDigest"],
      path: "Swiftlet/SwiftletRuntime"),
    .target(
      name: "SwiftletGraph", dependencies: ["SwiftletPlatform"], path: "Swiftlet/SwiftletGraph"),
    .target(
      name: "SwiftletImport",
      dependencies: ["SwiftletGraph", "SwiftletDigest", "SwiftletPlatform"],
      path: "Swiftlet/SwiftletImport"),
    .target(
      name: "SwiftletPixels", dependencies: ["SwiftletPlatform"], path: "Swiftlet/SwiftletPixels"),
    .target(
      name: "CSwiftletImage", path: "Swiftlet/CSwiftletImage",
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
    .target(
      name: "SwiftletImage",
      dependencies: ["CSwiftletImage", "SwiftletPixels", "SwiftletPlatform"],
      path: "Swiftlet/SwiftletImage"),
    .target(
      name: "SwiftletInference",
      dependencies: ["SwiftletRuntime", "SwiftletPixels", "SwiftletPlatform"],
      path: "Swiftlet/SwiftletInference"),
    .target(
      name: "SwiftletRunCommands",
      dependencies: [
        "CSwiftletSystem", "SwiftletRuntime", "SwiftletInference", "SwiftletImage",
        "SwiftletPixels", "SwiftletPlatform",
      ],
      path: "Swiftlet/SwiftletRunCommands"),
    .target(
      name: "SwiftletCompare",
      dependencies: [
        "SwiftletDigest", "SwiftletGraph", "SwiftletRuntime", "SwiftletInference",
        "SwiftletImage", "SwiftletPixels", "SwiftletPlatform",
      ],
      path: "Swiftlet/SwiftletCompare"),

    // The tests' own writer of bundles, and networks made with it.
    .target(
      name: "SwiftletTestSupport", dependencies: ["SwiftletPlatform"],
      path: "SwiftletTestSupport"),
    .target(
      name: "SwiftletRuntimeTests", dependencies: ["SwiftletRuntime", "SwiftletTestSupport"],
      path: "SwiftletRuntimeTests"),

    // LibFuzzer, as a library that is called.
    .target(name: "CLibFuzzer"),
    .executableTarget(
      name: "swiftlet-fuzz",
      dependencies: [
        "CLibFuzzer", "SwiftletRuntimeTests", "SwiftletTestSupport", "SwiftletRuntime",
        "SwiftletDigest",
        "SwiftletGraph", "SwiftletImport", "SwiftletImage", "SwiftletPixels",
        "SwiftletRunCommands", "SwiftletCompare",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
