/// Says which record is being checked, so that a failed check names it.
struct RecordCheck {
  let section: SectionKind
  let index: Int

  /// Throws unless `condition` holds.
  func require(
    _ condition: Bool, _ field: StaticString, _ found: Int, _ expected: StaticString
  ) throws(BundleError) {
    if !condition {
      throw .record(section, record: index, field: field, found: found, expected: expected)
    }
  }
}

/// Products of sizes that a file may have chosen to overflow.
enum CheckedArithmetic {
  /// The product of non-negative factors, or nil when it is above `limit`.
  static func product(_ factors: Int..., limit: Int) -> Int? {
    var result = 1
    for factor in factors {
      precondition(factor >= 0)
      let (product, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result = product
    }
    return result <= limit ? result : nil
  }

  /// `value` rounded up to a multiple of `unit`; `value` is at most 2⁶⁰.
  static func roundUp(_ value: Int, to unit: Int) -> Int {
    (value + unit - 1) / unit * unit
  }
}
