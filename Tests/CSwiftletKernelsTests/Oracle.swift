import CSwiftletKernels
import SwiftletTestSupport

extension Oracle {
  static func add(_ a: Int, _ b: Int, _ p: SwlAddParams) -> Int {
    let sum = a * Int(p.multiplier_a) + b * Int(p.multiplier_b) + Int(p.addend)
    return clamp(floorDivide(sum, power(Int(p.shift))), Int(p.lo), Int(p.hi))
  }

  /// The squeeze-and-excite multiply.
  static func gateMultiply(_ q: Int, gate: Int, _ p: SwlMultiplyParams) -> Int {
    let factor = roundHalfUp((gate + 128) * Int(p.multiplier), 256)
    let b = roundHalfUp((q - Int(p.input_zero_point)) * 128 * factor, 32768)
    let y = roundHalfUp(b, power(Int(p.output_shift))) + Int(p.output_zero_point)
    return clamp(y, Int(p.lo), Int(p.hi))
  }
}
