import CSwiftletKernels
import SwiftletTestSupport

/// A box of bytes to be copied, with where it starts in its input and output.
struct CopyBox: CustomStringConvertible, Sendable {
  var sizes: [Int]
  var inputStrides: [Int]
  var outputStrides: [Int]
  var inputStart = 0
  var outputStart = 0

  var description: String {
    "\(sizes) from \(inputStart) by \(inputStrides) to \(outputStart) by \(outputStrides)"
  }

  /// All places of the box, in the input and in the output, for indices of the first dimension in
  /// `range`.
  func places(_ range: Range<Int>) -> [(input: Int, output: Int)] {
    var places = [(inputStart, outputStart)]
    for (d, size) in sizes.enumerated() {
      let indices = d == 0 ? range : 0..<size
      places = places.flatMap { place in
        indices.map { (place.0 + $0 * inputStrides[d], place.1 + $0 * outputStrides[d]) }
      }
    }
    return places.map { (input: $0.0, output: $0.1) }
  }

  /// The bytes that hold the box, when it starts at the least place.
  static func extent(_ sizes: [Int], _ strides: [Int]) -> Int {
    zip(sizes, strides).map { ($0 - 1) * abs($1) }.reduce(1, +)
  }

  /// The strides of a dense tensor.
  static func dense(_ sizes: [Int]) -> [Int] {
    sizes.indices.map { sizes[($0 + 1)...].reduce(1, *) }
  }

  /// The dimensions in another order.
  func reordered(_ order: [Int]) -> CopyBox {
    var box = self
    box.sizes = order.map { sizes[$0] }
    box.inputStrides = order.map { inputStrides[$0] }
    box.outputStrides = order.map { outputStrides[$0] }
    return box
  }

  /// What is wrong with a kernel set's copy of this box, or nil: the whole and the parts of
  /// splits must write every byte of theirs and no other.
  func fault(_ kernels: SwlKernelSet, input: [Int8], outputCount: Int, table: [Int8]?) -> String? {
    let cuts = Set([0, 1, sizes[0] / 2, sizes[0]])
    for cut in cuts.sorted() {
      for (range, fill) in [(0..<cut, Int8(99)), (cut..<sizes[0], Int8(-99))] {
        var wanted = [Int8](repeating: fill, count: outputCount)
        for place in places(range) {
          let x = input[place.input]
          wanted[place.output] = table.map { $0[Int(x) + 128] } ?? x
        }
        let found = withAligned(input, table ?? [0]) { aligned in
          withGuardedOutput(outputCount, fill: fill) { output in
            var parameters = SwlCopyParams()
            parameters.rank = Int32(sizes.count)
            store(sizes.map { Int32($0) }, in: &parameters.size)
            store(inputStrides.map { Int64($0) }, in: &parameters.input_stride)
            store(outputStrides.map { Int64($0) }, in: &parameters.output_stride)
            parameters.table = table == nil ? nil : aligned[1]
            kernels.copy(
              &parameters, aligned[0] + inputStart, output + outputStart, Int32(range.lowerBound),
              Int32(range.upperBound))
          }
        }
        if let fault = difference(found, wanted) {
          return "\(String(cString: kernels.name)), \(range) of \(self): \(fault)"
        }
      }
    }
    return nil
  }

  /// The faults of every kernel set, with and without a table.
  func faults(input: [Int8], outputCount: Int, table: [Int8]) -> [String] {
    supportedSets.flatMap { index in
      [nil, table].compactMap {
        fault(kernelSet(index), input: input, outputCount: outputCount, table: $0)
      }
    }
  }
}

/// Stores the elements in a C array, which Swift sees as a tuple.
private func store<Element, Tuple>(_ elements: [Element], in array: inout Tuple) {
  withUnsafeMutableBytes(of: &array) { bytes in
    for (place, element) in elements.enumerated() {
      bytes.storeBytes(
        of: element, toByteOffset: place * MemoryLayout<Element>.stride, as: Element.self)
    }
  }
}
