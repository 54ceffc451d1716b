/// The vector every float kernel works with: two SSE2 or NEON registers.
typealias Vector = SIMD8<Float>

extension UnsafePointer<Float> {
  /// Eight values from position `index` on; no alignment is needed.
  @inline(__always)
  func vector(_ index: Int) -> Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Vector.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// Writes eight values from position `index` on; no alignment is needed.
  @inline(__always)
  func store(_ vector: Vector, _ index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: vector, as: Vector.self)
  }

  /// Writes the vector's first `count` lanes.
  @inline(__always)
  func store(_ vector: Vector, _ index: Int, count: Int) {
    if count >= Vector.scalarCount {
      store(vector, index)
    } else {
      for lane in 0..<count { self[index + lane] = vector[lane] }
    }
  }
}

extension UnsafePointer<Float> {
  /// The `count` values from position `index` on, and zeros in the lanes after them.
  @inline(__always)
  func vector(_ index: Int, count: Int) -> Vector {
    if count >= Vector.scalarCount { return vector(index) }
    var result = Vector.zero
    for lane in 0..<count { result[lane] = self[index + lane] }
    return result
  }
}

extension Vector {
  /// Adds a · b, the product rounded first.
  ///
  /// Written with assignments because debug builds run these several times faster than `a * b`.
  @inline(__always)
  mutating func accumulate(_ a: Vector, _ b: Vector) {
    var product = a
    product *= b
    self += product
  }

  /// min(max(x, low), high) in every lane; NaN stays NaN, as in PyTorch.
  @inline(__always)
  func clampedKeepingNaN(_ low: Float, _ high: Float) -> Vector {
    replacing(with: low, where: self .< Vector(repeating: low))
      .replacing(with: high, where: self .> Vector(repeating: high))
  }

  /// e^x in every lane, within two units in the last place; results below 2^−125 may be 0.
  ///
  /// With n = round(x · log₂e) and r = x − n · ln 2, |r| ≤ ln 2 / 2: e^x = 2ⁿ · e^r. The
  /// degree-7 Taylor sum of e^r is off by less than 6·10⁻⁹. n is read from the low bits of
  /// x · log₂e + 1.5·2²³, whose last place is 1: no conversion that could trap on NaN.
  @inline(__always)
  var exponential: Vector {
    let shifter: Float = 12_582_912  // 1.5 · 2²³
    // Above 88.37 n would be 128, which has no float; those lanes are scaled in a second step.
    let x = clampedKeepingNaN(-87.33654, 89)
    let shifted = x * 1.442_695_04 + shifter
    let n = shifted - shifter
    // ln 2 in two parts: n times the first is exact.
    let r = x - n * 0.693_359_375 + n * 2.121_944_4e-4
    var sum = r * (1.0 / 5040) + (1.0 / 720)
    sum = sum * r + (1.0 / 120)
    sum = sum * r + (1.0 / 24)
    sum = sum * r + (1.0 / 6)
    sum = sum * r + 0.5
    sum = sum * r + 1
    sum = sum * r + 1
    // 2ⁿ⁻¹ stays a normal float for n up to 128; the last factor 2 is applied afterwards.
    let bits = (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &+ 126) &<< 23
    let result = sum * unsafeBitCast(bits, to: Vector.self) * 2
    return result.replacing(with: 0, where: self .< Vector(repeating: -87.33654))
  }
}
