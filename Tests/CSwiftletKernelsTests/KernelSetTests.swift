import CSwiftletKernels
import Testing

@Suite struct KernelSetTests {
  @Test func portableStandsFirstAndRunsEverywhere() {
    #expect(String(cString: kernelSet(0).name) == "portable")
    #expect(swl_kernel_set_is_supported(0) == 1)
  }

  @Test func namesAreDistinctAndFindTheirSet() {
    let names = (0..<swl_kernel_set_count()).map { String(cString: kernelSet($0).name) }
    #expect(Set(names).count == names.count)
    for (index, name) in names.enumerated() {
      let place = Int32(index)
      let isSupported = swl_kernel_set_is_supported(place) != 0
      #expect(swl_kernel_set_named(name) == (isSupported ? swl_kernel_set_at(place) : nil))
    }
  }

  @Test func theFormerNameOfPortableFindsIt() {
    #expect(swl_kernel_set_named("scalar") == swl_kernel_set_at(0))
  }

  @Test func unknownNamesFindNothing() {
    for name in ["", "scala", "scalar ", "Scalar", "portabl", "Portable", "sse9"] {
      #expect(swl_kernel_set_named(name) == nil, "\(name)")
    }
  }

  @Test func theBestIsTheLastSupported() {
    #expect(supportedSets.last.map { swl_kernel_set_at($0) } == swl_kernel_set_best())
  }
}
