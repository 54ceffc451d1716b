/// `swiftlet verify`: checks everything about a bundle.
public enum VerifyCommand {
  /// The command with its help.
  public static let command = Command(description) { arguments, console in
    let bundle = try LoadedBundle(
      path: arguments.operands[0], mapped: !arguments.has(SharedOptions.noMap))
    try bundle.verifyContents()
    let (info, arenaLength) = (bundle.info, try bundle.arenaLength())
    console.print(
      """
      \(info.path): intact
        file          \(Text.grouped(info.fileLength)) bytes, as long as its header says
        tables        digest right; \(Text.counted(info.tensors.count, "tensor")) and \
      \(Text.counted(info.operations.count, "operation")) within all limits, shapes recomputed
        memory plan   \(Text.bytes(arenaLength)), no two live tensors overlap
        weights       \(Text.grouped(info.weightsLength)) bytes, digest right, padding zero, \
      sums stored with them right
        accumulators  no sum can leave ±2³⁰, whatever the input
      """)
    return ExitStatus.done
  }

  private static let description = CommandDescription(
    name: "verify", summary: "check that a bundle is intact, weights included",
    operands: ["BUNDLE"], options: [SharedOptions.noMap],
    details: [
      """
      Every command checks a bundle's header and tables when it loads it, so that no file can
      make running unsafe. 'verify' also checks the weights: their SHA-256 digest, that no sum
      can overflow, and the padding bytes. Run it after copying a bundle.
      """
    ],
    examples: [
      .init("swiftlet verify mobilenet.swiftlet", "Says what was checked, or what is wrong."),
      .init(
        "swiftlet verify mobilenet.swiftlet && echo good", "The exit status is 1 for a bad file."),
    ], reference: ReferenceText(["Its exit status is the answer."]))
}
