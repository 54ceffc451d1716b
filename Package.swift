// swift-tools-version: 6.0
import PackageDescription

// Targets stand in dependency order: each may import only what is listed above it.
// README.md draws them; SwiftletConvert.docc/TheHouse.md lists what each imports (Tools/check-docs).
let package = Package(
  name: "Swiftlet",
  products: [
    .executable(name: "swiftlet", targets: ["swiftlet"]),
    .executable(name: "swiftlet-run", targets: ["swiftlet-run"]),
    .library(name: "SwiftletRuntime", targets: ["SwiftletRuntime"]),
    // Pictures in, answers out: Tools/examples shows how.
    .library(
      name: "SwiftletInference",
      targets: ["SwiftletInference", "SwiftletImage", "SwiftletPixels", "SwiftletRuntime"]),
  ],
  targets: [
    // What the runtime needs of the system: files, threads, SHA-256, clock, stop signals.
    .target(
      name: "CSwiftletSystem",
      cSettings: [.define("NDEBUG", .when(configuration: .release))]),
    // The C library under one name, and what several targets need of the operating system.
    .target(name: "SwiftletPlatform", dependencies: ["CSwiftletSystem"]),

    // The integer runtime: no Foundation, no allocation while running.
    .target(
      name: "CSwiftletKernels",
      cSettings: [.define("NDEBUG", .when(configuration: .release))]),
    // SHA-256, which model files and bundles are named by.
    .target(name: "SwiftletDigest", dependencies: ["CSwiftletSystem"]),
    .target(
      name: "SwiftletRuntime",
      dependencies: ["CSwiftletKernels", "CSwiftletSystem", "SwiftletDigest"]),

    // The float side: graph, model files, conversion.
    .target(name: "SwiftletGraph", dependencies: ["SwiftletPlatform"]),
    .target(
      name: "SwiftletImport",
      dependencies: ["SwiftletGraph", "SwiftletDigest", "SwiftletPlatform"]),
    .target(
      name: "SwiftletConvert",
      dependencies: ["SwiftletGraph", "SwiftletRuntime", "SwiftletDigest", "SwiftletPlatform"]),

    // Pixels that are in memory: formats, resizing, cropping.
    .target(name: "SwiftletPixels", dependencies: ["SwiftletPlatform"]),
    // Image files, through libjpeg-turbo and libpng.
    .target(
      name: "CSwiftletImage",
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
    .target(
      name: "SwiftletImage",
      dependencies: ["CSwiftletImage", "SwiftletPixels", "SwiftletPlatform"]),

    // A picture in, an answer out: what the commands, compare and the libraries stand on.
    .target(
      name: "SwiftletInference",
      dependencies: ["SwiftletRuntime", "SwiftletPixels", "SwiftletPlatform"]),

    // The command line. The run commands need no Foundation, so that one small
    // static file can carry them to a board.
    .target(
      name: "SwiftletRunCommands",
      dependencies: [
        "CSwiftletSystem", "SwiftletRuntime", "SwiftletInference", "SwiftletImage",
        "SwiftletPixels", "SwiftletPlatform",
      ]),
    .target(
      name: "SwiftletCompare",
      dependencies: [
        "SwiftletDigest", "SwiftletGraph", "SwiftletRuntime", "SwiftletInference",
        "SwiftletImage", "SwiftletPixels", "SwiftletPlatform",
      ]),
    .executableTarget(
      name: "swiftlet",
      dependencies: [
        "SwiftletDigest", "SwiftletImport", "SwiftletConvert", "SwiftletCompare",
        "SwiftletInference", "SwiftletRunCommands", "SwiftletPlatform",
      ]),
    // The run commands alone: Tools/arm/package links them into one static file.
    .executableTarget(
      name: "swiftlet-run", dependencies: ["SwiftletRunCommands", "SwiftletPlatform"]),
    // Times the float executor, for Tools/bench-float.
    .executableTarget(
      name: "time-float", dependencies: ["SwiftletGraph", "SwiftletImport"],
      path: "Tools/time-float"),

    // Tests mirror Sources.
    .target(
      name: "SwiftletTestSupport", dependencies: ["SwiftletPlatform"],
      path: "Tests/SwiftletTestSupport"),
    // Counts the calls of malloc, by taking its place.
    .target(name: "CSwiftletAllocationCounter", path: "Tests/CSwiftletAllocationCounter"),
    .testTarget(
      name: "SwiftletPlatformTests", dependencies: ["SwiftletPlatform", "SwiftletTestSupport"]),
    .testTarget(
      name: "CSwiftletSystemTests", dependencies: ["CSwiftletSystem", "SwiftletTestSupport"]),
    .testTarget(
      name: "CSwiftletKernelsTests",
      dependencies: ["CSwiftletKernels", "CSwiftletSystem", "SwiftletTestSupport"]),
    .testTarget(
      name: "SwiftletRuntimeTests",
      dependencies: [
        "SwiftletRuntime", "SwiftletDigest", "SwiftletTestSupport", "CSwiftletAllocationCounter",
      ]),
    .testTarget(
      name: "SwiftletGraphTests", dependencies: ["SwiftletGraph", "SwiftletTestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "SwiftletImportTests",
      dependencies: ["SwiftletImport", "SwiftletDigest", "SwiftletTestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "SwiftletConvertTests",
      dependencies: [
        "SwiftletConvert", "SwiftletImport", "SwiftletImage", "SwiftletTestSupport",
      ]),
    .testTarget(
      name: "SwiftletImageTests",
      dependencies: ["SwiftletImage", "SwiftletPixels", "SwiftletTestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "SwiftletInferenceTests",
      dependencies: [
        "SwiftletInference", "SwiftletRuntime", "SwiftletPixels", "SwiftletTestSupport",
        "CSwiftletAllocationCounter",
      ]),
    .testTarget(
      name: "SwiftletCompareTests",
      dependencies: [
        "SwiftletCompare", "SwiftletDigest", "SwiftletGraph", "SwiftletInference",
        "SwiftletPixels", "SwiftletTestSupport",
      ]),
    .testTarget(
      name: "SwiftletCommandTests",
      dependencies: [
        "SwiftletRunCommands", "SwiftletImage", "SwiftletPixels", "SwiftletTestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
