import SwiftletDigest
import SwiftletRuntime

/// Loads `count` damaged copies of the bundle in `bytes`: one 32-bit word of the metadata each, chosen
/// by `seed`, three of four from the section table to the operands, replaced by a number at the edge
/// of 32 bits, and the digest made right again, so that the checks behind it are met. Returns how many
/// were refused; a trap ends the program.
@_cdecl("swl_embedded_damage")
public func damage(
  bytes: UnsafeMutablePointer<UInt8>, byteCount: Int32, seed: UInt32, count: Int32
) -> Int32 {
  let file = UnsafeMutableRawBufferPointer(start: bytes, count: Int(byteCount))
  func word(_ offset: Int) -> Int {
    Int(file.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
  let metadata = word(BundleLayout.metadataLengthOffset)
  // Tensors, operations and operands come first.
  let operands =
    BundleLayout.headerLength
    + (Int(SectionKind.operands.rawValue) - 1) * BundleLayout.sectionEntryLength
  let records =
    word(operands + BundleLayout.sectionStartOffset)
    + word(operands + BundleLayout.sectionLengthOffset)
  let edges: [UInt32] = [
    0, 1, 0x40, 0xFFFF, 0x10_0000, 0x3FFF_FFC0, 0x7FFF_FFC0, 0x7FFF_FFFF, 0x8000_0000,
    0x8000_0040, 0xFFFF_FFC0, 0xFFFF_FFFF,
  ]
  var random = seed
  func next(below bound: Int) -> Int {
    random = random &* 1_664_525 &+ 1_013_904_223
    return Int((UInt64(random) &* UInt64(bound)) >> 32)
  }
  var refused: Int32 = 0
  for _ in 0..<count {
    let end = next(below: 4) == 0 ? metadata : records
    let place = BundleLayout.headerLength + 4 * next(below: (end - BundleLayout.headerLength) / 4)
    let old = file.loadUnaligned(fromByteOffset: place, as: UInt32.self)
    let new = edges[next(below: edges.count)]
    file.storeBytes(of: new, toByteOffset: place, as: UInt32.self)
    sign(file, metadata: metadata)
    if !loads(UnsafeRawBufferPointer(file)) { refused += 1 }
    file.storeBytes(of: old, toByteOffset: place, as: UInt32.self)
  }
  return refused
}

/// Whether the bundle can be loaded; if so, an interpreter is made as well.
private func loads(_ bytes: UnsafeRawBufferPointer) -> Bool {
  do throws(BundleError) {
    let model = try Model(copying: bytes)
    _ = try Interpreter(model, threads: 4)
    return model.macCount >= 0
  } catch {
    return false
  }
}

/// Stores the digest of header and metadata in the header.
private func sign(_ file: UnsafeMutableRawBufferPointer, metadata: Int) {
  let bytes = UnsafeRawBufferPointer(file)
  var hash = SHA256()
  hash.update(UnsafeRawBufferPointer(rebasing: bytes[0..<BundleLayout.digestOffset]))
  hash.update(UnsafeRawBufferPointer(rebasing: bytes[BundleLayout.headerLength..<metadata]))
  let digest = hash.finish()
  for index in 0..<digest.count { file[BundleLayout.digestOffset + index] = digest[index] }
}
