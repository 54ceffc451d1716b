import SwiftletGraph
import SwiftletTestSupport
import Testing

@Suite("The passes recognise-gates and scales-to-norms")
struct GateTests {
  private typealias Part = (inout NetworkBuilder, ValueID) throws -> ValueID

  private static func number(_ builder: inout NetworkBuilder, _ value: Float) -> ValueID {
    builder.graph.addConstant("\(value)", shape: Shape(), .floats([value]))
  }

  /// min(max(x + 3, 0), 6), with the operands of the addition in either order.
  private static func ramp(
    _ builder: inout NetworkBuilder, _ x: ValueID, offset: Float = 3, isSwapped: Bool = false
  ) throws -> ValueID {
    let three = number(&builder, offset)
    let sum = try builder.graph.add(
      .add(Add()), name: "sum", inputs: isSwapped ? [three, x] : [x, three])
    return try builder.add(.activation(.relu6), "ramp", sum)
  }

  private static func product(
    _ builder: inout NetworkBuilder, _ a: ValueID, _ b: ValueID
  ) throws -> ValueID {
    try builder.graph.add(.multiply(Multiply()), name: "product", inputs: [a, b])
  }

  /// The operations that are left of a spelling between an input and an output.
  private func names(_ layout: ImageLayout, _ part: Part) throws -> [String] {
    var builder = NetworkBuilder(seed: 3, layout: layout)
    let input = builder.input(3, 5, 4)
    let output = try part(&builder, input)
    let after = try checked(
      passes("recognise-gates", "recognise-activations"), on: builder.graph.withOutputs(output),
      tolerance: 1e-6)
    return after.operationNames
  }

  /// 1 + erf(x / √2), and the three in every order.
  @Test("GELU in every spelling", arguments: ImageLayout.allCases, 0..<4)
  func gelus(_ layout: ImageLayout, _ order: Int) throws {
    let found = try names(layout) { builder, x in
      let root = Self.number(&builder, Float(0.5).squareRoot())
      let scaled = try Self.product(&builder, x, root)
      let curve = try builder.add(.activation(.erf), "erf", scaled)
      let sum = try builder.graph.add(
        .add(Add()), name: "sum", inputs: [curve, Self.number(&builder, 1)])
      let half = Self.number(&builder, 0.5)
      switch order {
      case 0: return try Self.product(&builder, try Self.product(&builder, x, sum), half)
      case 1: return try Self.product(&builder, try Self.product(&builder, half, x), sum)
      case 2: return try Self.product(&builder, x, try Self.product(&builder, sum, half))
      default: return try Self.product(&builder, half, try Self.product(&builder, sum, x))
      }
    }
    #expect(found == ["gelu"])
  }

  /// Another constant, and a factor that is not the curve's input: no GELU.
  @Test("What is no GELU", arguments: 0..<3) func noGelus(_ fault: Int) throws {
    let found = try names(.channelsLast) { builder, x in
      let scaled = try Self.product(
        &builder, x, Self.number(&builder, fault == 0 ? 0.7 : Float(0.5).squareRoot()))
      let curve = try builder.add(.activation(.erf), "erf", scaled)
      let sum = try builder.graph.add(
        .add(Add()), name: "sum", inputs: [curve, Self.number(&builder, fault == 1 ? 2 : 1)])
      let other = fault == 2 ? try builder.add(.activation(.relu), "relu", x) : x
      let product = try Self.product(&builder, other, sum)
      return try Self.product(&builder, product, Self.number(&builder, 0.5))
    }
    #expect(!found.contains("gelu") && found.contains("erf"))
  }

  @Test("h-sigmoid and h-swish in every spelling", arguments: ImageLayout.allCases, [false, true])
  func spellings(layout: ImageLayout, isSwapped: Bool) throws {
    let sigmoid = try names(layout) { builder, x in
      let ramp = try Self.ramp(&builder, x, isSwapped: isSwapped)
      let sixth = Self.number(&builder, 1.0 / 6)
      return try Self.product(&builder, isSwapped ? sixth : ramp, isSwapped ? ramp : sixth)
    }
    #expect(sigmoid == ["hardSigmoid"])
    let gated = try names(layout) { builder, x in
      let ramp = try Self.ramp(&builder, x)
      let gate = try Self.product(&builder, ramp, Self.number(&builder, 1.0 / 6))
      return try Self.product(&builder, isSwapped ? gate : x, isSwapped ? x : gate)
    }
    #expect(gated == ["hardSwish"])
    let late = try names(layout) { builder, x in
      let ramp = try Self.ramp(&builder, x, isSwapped: isSwapped)
      let product = try Self.product(&builder, isSwapped ? ramp : x, isSwapped ? x : ramp)
      return try Self.product(&builder, product, Self.number(&builder, 1.0 / 6))
    }
    #expect(late == ["hardSwish"])
  }

  @Test("Other offsets and factors are something else")
  func others() throws {
    for (offset, factor) in [(Float(2), Float(1.0 / 6)), (3, 0.2)] {
      let found = try names(.channelsFirst) { builder, x in
        let ramp = try Self.ramp(&builder, x, offset: offset)
        return try Self.product(&builder, ramp, Self.number(&builder, factor))
      }
      #expect(found == ["add", "relu6", "multiply"])
    }
  }

  @Test("A ramp that others read stays")
  func shared() throws {
    var builder = NetworkBuilder(seed: 3, layout: .channelsLast)
    let input = builder.input(3, 5, 4)
    let ramp = try Self.ramp(&builder, input)
    let gate = try Self.product(&builder, ramp, Self.number(&builder, 1.0 / 6))
    let after = try checked(
      passes("recognise-gates"), on: builder.graph.withOutputs(gate, ramp), tolerance: 1e-6)
    #expect(after.operationNames.contains("relu6"))
  }

  @Test("Sums and products with a constant per channel or for all become batch normalisations")
  func scales() throws {
    for isProduct in [false, true] {
      for shape in [Shape(), Shape(1), Shape(4), Shape(1, 1, 4), Shape(1, 1, 1, 4)] {
        var builder = NetworkBuilder(seed: 3, layout: .channelsLast)
        let input = builder.input(3, 5, 4)
        let constant = builder.constant("c", shape)
        let operation: Operation = isProduct ? .multiply(Multiply()) : .add(Add())
        let value = try builder.graph.add(operation, name: "scale", inputs: [input, constant])
        let graph = builder.graph.withOutputs(value)
        let after = try checked(passes("scales-to-norms"), on: graph, tolerance: 1e-6)
        #expect(after.operationNames == ["batchNorm"], "\(shape)")
        // Which the next passes fold or make a depthwise convolution of.
        let folded = try checked(Pass.all, on: graph, tolerance: 1e-5)
        #expect(folded.operationNames == ["depthwiseConv2D"], "\(shape)")
      }
    }
  }

  @Test("A constant for each pixel is none for each channel, and two values are none")
  func notScales() throws {
    var builder = NetworkBuilder(seed: 3, layout: .channelsLast)
    let input = builder.input(4, 4, 4)
    let rows = builder.constant("rows", Shape(1, 4, 1, 1))
    let first = try builder.graph.add(.add(Add()), name: "rows", inputs: [input, rows])
    let second = try builder.graph.add(.multiply(Multiply()), name: "both", inputs: [first, input])
    let after = try checked(passes("scales-to-norms"), on: builder.graph.withOutputs(second))
    #expect(after.operationNames == ["add", "multiply"])
  }
}
