import SwiftletGraph
import SwiftletRuntime

/// Pixels and means of pixels keep their input's scale and zero point.
extension Resize: OperationLowering {
  var resultRange: ResultRange { .ofInput }
  var takesChannelScales: Bool { true }

  /// The bundle's tables of positions are bounded.
  func check(_ node: Node, in graph: Graph) throws(ConvertError) {
    let largest = ResizeParameters.maximumLength
    guard height <= largest, width <= largest else {
      throw .unsupported(
        layer: node.name, operation: "a resize to \(height)×\(width)",
        advice: "at most \(largest)×\(largest) is possible")
    }
  }

  func lower(_ node: Node, into builder: inout BundleBuilder) throws(ConvertError) {
    builder.writer.add(
      ResizeParameters(
        interpolation: .init(interpolation), coordinates: .init(coordinates), height: height,
        width: width),
      name: node.name, inputs: builder.inputs(of: node), output: builder.tensor(node.output))
  }
}

extension ResizeParameters.Interpolation {
  fileprivate init(_ interpolation: Resize.Interpolation) {
    switch interpolation {
    case .nearest: self = .nearest
    case .bilinear: self = .bilinear
    }
  }
}

extension ResizeParameters.Coordinates {
  fileprivate init(_ coordinates: Resize.Coordinates) {
    switch coordinates {
    case .halfPixel: self = .halfPixel
    case .alignedCorners: self = .alignedCorners
    case .asymmetric: self = .asymmetric
    }
  }
}
