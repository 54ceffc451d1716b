/// Says which record is being checked, so that a failed check names it.
///
/// Fields of a file become `Int` by `Int(clamping:)`: where that has 32 bits, the largest `Int` stands
/// for what does not fit, and is above every limit.
struct RecordCheck {
  let section: SectionKind
  let index: Int

  /// Throws unless `condition` holds.
  func require(
    _ condition: Bool, _ field: StaticString, _ found: Int, _ expected: StaticString
  ) throws(BundleError) {
    if !condition { throw error(field, found, expected) }
  }

  /// The error that names the record and a field of it.
  func error(_ field: StaticString, _ found: Int, _ expected: StaticString) -> BundleError {
    .record(section, record: index, field: field, found: found, expected: expected)
  }
}

/// Products of sizes that a file may have chosen to overflow.
enum CheckedArithmetic {
  /// The product of non-negative factors, or nil when it is above `limit`.
  static func product(_ factors: Int..., limit: Int64) -> Int64? {
    var result: Int64 = 1
    for factor in factors {
      precondition(factor >= 0)
      let (product, overflow) = result.multipliedReportingOverflow(by: Int64(factor))
      if overflow { return nil }
      result = product
    }
    return result <= limit ? result : nil
  }

  /// `value` rounded up to a multiple of `unit`; `value` is at most the greatest file length, where
  /// `unit` is 64 or less.
  static func roundUp(_ value: Int, to unit: Int) -> Int {
    (value + unit - 1) / unit * unit
  }
}
