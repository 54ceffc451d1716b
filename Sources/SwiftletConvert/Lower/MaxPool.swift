import SwiftletGraph
import SwiftletRuntime

extension Lowering {
  /// The maximum keeps its input's scale and zero point.
  mutating func lowerMaxPool(_ pool: MaxPool, layer: FusedLayer) throws(ConvertError) {
    try checkUndilated(pool.window, layer: layer)
    var record = OperationRecord(kind: .maxPool)
    record.setWindow(pool.window)
    record.lo = -128
    record.hi = 127
    emit(record, layer: layer)
  }
}
