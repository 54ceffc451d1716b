import SwiftletTestSupport
import Testing

@testable import SwiftletImport

@Suite(
  "Weights: real files", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.missing)))
struct WeightsRealFilesTests {
  private func read(_ name: String) throws -> WeightFile {
    try WeightFile.read(SharedData.path("weights/" + name))
  }

  @Test("one network in three containers has the same bits")
  func sameBits() throws {
    let network = "cifar10_mobilenet_v2_w0.5"
    let zip = try read(network + ".pt")
    let legacy = try read(network + ".legacy.pth")
    let safetensors = try read(network + ".safetensors")
    #expect(zip.tensors.map(\.name) == legacy.tensors.map(\.name))
    #expect(zip.tensors.first?.name == "features.0.0.weight")
    #expect(zip.tensors.first?.shape == [16, 3, 3, 3])
    #expect(zip.tensors.count == 262)
    #expect(safetensors.tensors.count == 262)
    for (a, b) in zip.tensors.indices.map({ (zip.tensors[$0], legacy.tensors[$0]) }) {
      let c = try safetensors.tensor(a.name)
      #expect(a.shape == b.shape && a.shape == c.shape, "\(a.name)")
      #expect(bits(a.values) == bits(b.values), "\(a.name)")
      #expect(bits(a.values) == bits(c.values), "\(a.name)")
    }
    #expect(Set(zip.ignored) == Set(safetensors.ignored))
    #expect(zip.ignored.allSatisfy { $0.hasSuffix("num_batches_tracked") })
    #expect(zip.ignored.count == 52)
  }

  @Test("a checkpoint that Python 2 wrote")
  func python2() throws {
    let file = try read("fdmobilenet_0.5x_224_imagenet.pth.tar")
    #expect(file.format == .pytorchLegacy)
    #expect(file.tensors.first?.name == "features.conv_0.weight")
    #expect(file.ignored == ["name"])
    #expect(file.tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) })
  }

  @Test("a checkpoint of DataParallel")
  func dataParallel() throws {
    let file = try read("resnet20_cifar10.th")
    #expect(file.tensors.first?.name == "conv1.weight")
    #expect(file.tensors.first?.shape == [16, 3, 3, 3])
    #expect(file.ignored == ["best_prec1"])
  }

  @Test("the same tensors under other names")
  func names() throws {
    let pytorch = try read("v1_0.25_224_imagenet.pytorch_names.safetensors")
    let keras = try read("v1_0.25_224_imagenet.keras_names.safetensors")
    #expect(pytorch.tensors.count == keras.tensors.count)
    #expect(Set(pytorch.tensors.map(\.values)) == Set(keras.tensors.map(\.values)))
  }

  @Test(
    "the other networks",
    arguments: zip(
      [
        "cifar10_mobilenet_v3_small.pt", "cifar10_mobilenet_v3_large.safetensors",
        "cifar10_shufflenet_v2_x0_5.pt",
      ], ["features.0.0.weight", "features.0.0.weight", "conv1.0.weight"]))
  func others(name: String, stem: String) throws {
    let file = try read(name)
    let tensor = try file.tensor(stem)
    #expect(tensor.shape.dropFirst() == [3, 3, 3])
    #expect(file.sha256.count == 64)
  }
}
