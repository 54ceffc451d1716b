import SwiftletGraph

extension PaddingStyle {
  /// A square window over an image, with the padding that this style gives it.
  func window(_ image: ImageShape, kernel: Int, stride: Int) -> Window {
    let padding: Padding
    switch self {
    case .symmetric:
      padding = Padding(all: (kernel - 1) / 2)
    case .even:
      let before = stride == 1 ? (kernel - 1) / 2 : kernel / 2 - 1
      padding = Padding(top: before, left: before, bottom: kernel / 2, right: kernel / 2)
    case .same:
      let vertical = samePadding(image.height, kernel: kernel, stride: stride)
      let horizontal = samePadding(image.width, kernel: kernel, stride: stride)
      padding = Padding(
        top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
        right: horizontal - horizontal / 2)
    }
    return Window(kernel: kernel, stride: stride, padding: padding)
  }
}

/// TensorFlow's SAME padding along one side, both ends together. Example: 224 pixels, kernel 3,
/// stride 2 → (112 − 1) · 2 + 3 − 224 = 1.
func samePadding(_ length: Int, kernel: Int, stride: Int) -> Int {
  max(((length + stride - 1) / stride - 1) * stride + kernel - length, 0)
}
