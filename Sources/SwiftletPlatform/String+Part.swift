extension String {
  /// Whether `part` stands somewhere in the text, byte for byte; an empty part does.
  ///
  /// In place of the standard library's `contains`, which for a text belongs to the library of regular
  /// expressions: a sixth of the static program, and absent from the build for the Debian package.
  package func contains(part: String) -> Bool {
    let text = utf8
    let wanted = part.utf8
    return text.indices.contains { text[$0...].starts(with: wanted) } || wanted.isEmpty
  }
}
