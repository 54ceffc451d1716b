import SwiftletImage
import SwiftletRuntime

/// How a bundle's images become its input.
public struct ImageInput: Sendable {
  private let geometry: Preprocessing
  private let tables: [UInt8]

  /// Reads the bundle's preprocessing and checks that it fits the network's input.
  public init(_ info: BundleInfo) throws(WorkFailure) {
    guard let record = info.preprocessing else {
      throw WorkFailure(
        "\(info.path): the bundle does not say how an image becomes its input; give the input as "
          + "--input-tensor FILE")
    }
    guard info.inputs.count == 1, let port = info.inputs.first else {
      throw WorkFailure(
        "\(info.path): the network has \(info.inputs.count) inputs; an image can fill one only, "
          + "so give them as --input-tensor NAME=FILE")
    }
    let tensor = info.tensors[port.tensor]
    guard tensor.channels == 3, tensor.height == Int(record.cropHeight),
      tensor.width == Int(record.cropWidth)
    else {
      throw WorkFailure(
        "\(info.path): preprocessing makes images of \(record.cropHeight)×\(record.cropWidth)×3, "
          + "but input '\(tensor.name)' is \(tensor.shape)")
    }
    let filter: ResizeFilter =
      switch record.interpolation {
      case .nearest: .nearest
      case .bilinear: .bilinear
      case .bicubic: .bicubic
      }
    geometry = Preprocessing(
      resize: Int(record.resize), cropWidth: tensor.width, cropHeight: tensor.height,
      filter: filter)
    tables = record.tables
  }

  /// The resized and cropped picture of an image file.
  public func crop(_ path: String) throws(WorkFailure) -> RGBImage {
    do throws(ImageError) {
      return try geometry.apply(to: ImageReader.read(path))
    } catch {
      throw WorkFailure("\(path): \(error)")
    }
  }

  /// The resizing and cropping of pictures of one size, to be used many times.
  func plan(width: Int, height: Int) throws(ImageError) -> PreprocessingPlan {
    try PreprocessingPlan(geometry, width: width, height: height)
  }

  /// The input's bytes for a picture that is resized and cropped already.
  public func quantized(_ picture: RGBImage) -> [Int8] {
    var values = [Int8](repeating: 0, count: picture.pixels.count)
    picture.pixels.withUnsafeBufferPointer { source in
      for start in stride(from: 0, to: source.count, by: 3) {
        for channel in 0..<3 {
          values[start + channel] = Int8(
            bitPattern: tables[channel * 256 + Int(source[start + channel])])
        }
      }
    }
    return values
  }

  /// The input's bytes for an image file.
  public func pixels(_ path: String) throws(WorkFailure) -> [Int8] {
    quantized(try crop(path))
  }
}
