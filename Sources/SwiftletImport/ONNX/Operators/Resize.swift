import SwiftletGraph

extension ONNXOperator {
  /// Images of another size: `Upsample` of version 7 to 9, `Resize` of 10, and from 11 on with ways to
  /// place pixels.
  static let resize: Append = { (builder, call) throws(ONNXProblem) in
    let input = builder.shape(of: try call.input(0))
    guard input.count == 4 else {
      throw call.unsupported(
        "it reads a value of \(input.count) dimensions; images of 4 are accepted")
    }
    let size = try size(&builder, call, input)
    let mode = try call.text("mode", default: "nearest")
    let interpolation: Resize.Interpolation
    switch mode {
    case "nearest": interpolation = .nearest
    case "linear", "bilinear": interpolation = .bilinear
    default: throw call.unsupported("mode \(quoted(mode)); nearest and linear are accepted")
    }
    guard try !call.flag("antialias") else { throw call.unsupported("antialias 1; 0 is accepted") }
    let resize = Resize(
      height: size[2], width: size[3], interpolation: interpolation,
      coordinates: try coordinates(call, interpolation, input, size))
    if size == input { return [try call.input(0)] }
    return [try builder.add(.resize(resize), [try builder.graphValue(0, of: call)], for: call)]
  }

  private static func size(
    _ builder: inout ONNXBuilder, _ call: ONNXCall, _ input: [Int]
  ) throws(ONNXProblem) -> [Int] {
    if let axes = try call.integers("axes"), axes.map({ $0 < 0 ? $0 + 4 : $0 }) != [0, 1, 2, 3] {
      throw call.unsupported("axes \(axes); sizes or scales of all four dimensions are accepted")
    }
    let place = call.node.operation.text == "Resize" && call.version >= 11 ? 2 : 1
    if call.has(3), !builder.shape(of: try call.input(3)).contains(0) {
      let sizes = try builder.integers(3, of: call)
      guard try call.text("keep_aspect_ratio_policy", default: "stretch") == "stretch",
        sizes.count == 4, sizes[..<2] == input[..<2], sizes.allSatisfy({ $0 > 0 })
      else { throw call.unsupported("sizes \(sizes) of \(input); height and width may change") }
      return sizes
    }
    var stated = try call.floats("scales")
    if stated == nil { stated = try builder.array(place, of: call)?.floats }
    guard let scales = stated else {
      throw call.unsupported("its scales must be constants")
    }
    guard scales.count == 4, scales[0] == 1, scales[1] == 1,
      scales.allSatisfy({ $0 > 0 && $0 <= 4096 })
    else { throw call.unsupported("scales \(scales); height and width may change") }
    var size = input
    for axis in 2..<4 {
      // What a scale gives that is no whole number would be placed by the scale, not by the size.
      let exact = Double(input[axis]) * Double(scales[axis])
      guard abs(exact - exact.rounded()) < 1e-3, exact.rounded() >= 1 else {
        throw call.unsupported("scale \(scales[axis]) of \(input[axis]) pixels gives a part of one")
      }
      size[axis] = Int(exact.rounded())
    }
    return size
  }

  private static func coordinates(
    _ call: ONNXCall, _ interpolation: Resize.Interpolation, _ input: [Int], _ size: [Int]
  ) throws(ONNXProblem) -> Resize.Coordinates {
    guard call.version >= 11, call.node.operation.text == "Resize" else { return .asymmetric }
    let mode = try call.text("coordinate_transformation_mode", default: "half_pixel")
    let found: Resize.Coordinates
    switch mode {
    case "half_pixel": found = .halfPixel
    case "pytorch_half_pixel" where size[2] > 1 && size[3] > 1: found = .halfPixel
    case "align_corners": found = .alignedCorners
    case "asymmetric": found = .asymmetric
    default:
      throw call.unsupported(
        "coordinate_transformation_mode \(quoted(mode)); half_pixel, align_corners and asymmetric are "
          + "accepted")
    }
    guard interpolation == .nearest else { return found }
    let rounding = try call.text("nearest_mode", default: "round_prefer_floor")
    let isWhole = (2..<4).allSatisfy { size[$0] % input[$0] == 0 }
    switch (found, rounding) {
    case (.halfPixel, "round_prefer_floor"), (.alignedCorners, "round_prefer_floor"),
      (.asymmetric, "floor"):
      return found
    // Where each pixel becomes a whole number of them, these are the same.
    case (.halfPixel, "round_prefer_ceil") where isWhole: return found
    default:
      throw call.unsupported(
        "nearest_mode \(quoted(rounding)) with \(quoted(mode)); round_prefer_floor is accepted, and "
          + "floor with asymmetric")
    }
  }
}
