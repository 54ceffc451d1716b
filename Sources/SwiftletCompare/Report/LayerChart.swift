/// The chart of signal-to-noise ratios: one row a layer, in the order of execution.
struct LayerChart {
  let layers: [LayerLoss]

  private let rowHeight = 17
  private let top = 34
  private let nameWidth = 290
  private let plotWidth = 440
  private let width = 900

  /// An inline `<svg>` element.
  var svg: String {
    let height = top + layers.count * rowHeight + 12
    let finite = layers.compactMap(\.decibels)
    let highest = max(10, ((finite.max() ?? 10) / 10).rounded(.up) * 10)
    let lowest = min(0, ((finite.min() ?? 0) / 10).rounded(.down) * 10)
    let x = { (decibels: Double) -> Double in
      Double(nameWidth) + (decibels - lowest) / (highest - lowest) * Double(plotWidth)
    }
    var parts = [
      "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" "
        + "aria-label=\"Signal-to-quantization-noise ratio of each layer\">"
    ]
    var tick = lowest
    while tick <= highest {
      let at = HTML.number(x(tick), 1)
      parts.append(
        "<line class=\"tick\" x1=\"\(at)\" x2=\"\(at)\" y1=\"\(top - 6)\" y2=\"\(height - 8)\"/>"
          + "<text class=\"axis\" x=\"\(at)\" y=\"\(top - 12)\" text-anchor=\"middle\">"
          + "\(HTML.number(tick, 0))\(tick == highest ? " dB" : "")</text>")
      tick += 10
    }
    let worst = layers.worst(1).first
    let largest = worst?.addedNoise ?? 0
    for (index, layer) in layers.enumerated() {
      let isWorst = layer == worst
      parts.append(row(layer, index: index, isWorst: isWorst, largest: largest, zero: x(0), x))
    }
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  private func row(
    _ layer: LayerLoss, index: Int, isWorst: Bool, largest: Double, zero: Double,
    _ x: (Double) -> Double
  ) -> String {
    let y = top + index * rowHeight
    let baseline = y + 12
    let share = largest > 0 ? layer.addedNoise / largest : 0
    let kind = isWorst ? "bar worst" : share > 0.5 ? "bar high" : "bar"
    var parts = ["<g class=\"row\"><title>\(HTML.escape(tooltip(layer)))</title>"]
    parts.append(
      "<text class=\"name\(isWorst ? " worst" : "")\" x=\"\(nameWidth - 8)\" y=\"\(baseline)\" "
        + "text-anchor=\"end\">\(HTML.escape(shortened(layer.name)))</text>")
    var after = zero
    if let decibels = layer.decibels {
      let start = min(zero, x(decibels))
      let length = max(1, abs(x(decibels) - zero))
      after = max(zero, x(decibels))
      parts.append(
        "<rect class=\"\(kind)\" x=\"\(HTML.number(start, 1))\" y=\"\(y + 2)\" "
          + "width=\"\(HTML.number(length, 1))\" height=\"\(rowHeight - 5)\" rx=\"2\"/>")
    }
    var label = layer.decibels.map { HTML.number($0, 1) } ?? "no noise"
    if isWorst {
      label += "  largest loss"
      if let drop = layer.drop { label += " (\(HTML.number(drop, 1)) dB below its input)" }
    }
    parts.append(
      "<text class=\"value\(isWorst ? " worst" : "")\" x=\"\(HTML.number(after + 6, 1))\" "
        + "y=\"\(baseline)\">\(HTML.escape(label))</text></g>")
    return parts.joined()
  }

  /// The end of a long name says more than its beginning.
  private func shortened(_ name: String) -> String {
    name.count <= 44 ? name : "…" + name.suffix(43)
  }

  private func tooltip(_ layer: LayerLoss) -> String {
    var text = "\(layer.name) (\(layer.kind))"
    if let decibels = layer.decibels { text += ", \(HTML.number(decibels, 2)) dB" }
    if let drop = layer.drop { text += ", \(HTML.number(drop, 2)) dB below its noisiest input" }
    return text + ", adds noise of \(HTML.percent(layer.addedNoise)) of the signal"
  }
}
