import SwiftletInference

/// A comparison as one HTML file that needs nothing beside it.
public struct HTMLReport {
  /// What the report shows.
  public let result: ComparisonResult
  /// What was compared: names and what they hold, for the head of the page.
  public let facts: [(name: String, value: String)]
  /// Sentences that stand above the figures.
  public let warnings: [String]
  /// Class names in the order of the scores; may be empty.
  public let labels: [String]

  /// A report on a comparison of what `facts` say.
  public init(
    result: ComparisonResult, facts: [(name: String, value: String)], warnings: [String],
    labels: [String]
  ) {
    self.result = result
    self.facts = facts
    self.warnings = warnings
    self.labels = labels
  }

  /// The whole file.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Swiftlet comparison: float and int8</title>
    <style>\(HTMLReport.style)</style>
    </head>
    <body>
    <main>
    <h1>Float and int8 compared</h1>
    \(factList)
    \(warningList)
    <section class="cards">\(cards)</section>
    \(layerSection)
    \(disagreementSection)
    \(failureSection)
    </main>
    </body>
    </html>

    """
  }

  private var factList: String {
    let rows = facts.map { "<dt>\(HTML.escape($0.name))</dt><dd>\(HTML.escape($0.value))</dd>" }
    return "<dl class=\"facts\">\(rows.joined())</dl>"
  }

  private var warningList: String {
    warnings.map { "<p class=\"warning\"><b>Warning:</b> \(HTML.escape($0))</p>" }.joined()
  }

  private var cards: String {
    var cards: [String] = []
    if result.floatAccuracy.count > 0 {
      cards.append(
        card("Top-1", result.int8Accuracy.top1, float: result.floatAccuracy.top1))
      cards.append(
        card("Top-5", result.int8Accuracy.top5, float: result.floatAccuracy.top5))
    }
    cards.append(
      "<div class=\"card\"><h3>Agreement</h3><b>\(HTML.percent(result.agreement))</b>"
        + "<span>\(result.agreementCount) of \(result.imageCount) images get the same best class"
        + "</span></div>")
    cards.append(
      "<div class=\"card\"><h3>Divergence</h3><b>"
        + "\(result.meanDivergence.map { HTML.number($0, 4) } ?? "–")</b>"
        + "<span>nats, mean KL of int8 from float probabilities</span></div>")
    if let worst = result.worstLayer {
      cards.append(
        "<div class=\"card\"><h3>Largest loss</h3><b class=\"layer\">\(HTML.escape(worst.name))</b>"
          + "<span>\(worst.decibels.map { HTML.number($0, 1) + " dB" } ?? "")"
          + "\(worst.drop.map { ", " + HTML.number($0, 1) + " dB below its input" } ?? "")"
          + "</span></div>")
    }
    return cards.joined()
  }

  private func card(_ name: String, _ int8: Double?, float: Double?) -> String {
    var change = ""
    if let int8, let float {
      let points = (int8 - float) * 100
      let sign = points > 0 ? "+" : points < 0 ? "−" : "±"
      let digits = HTML.number(abs(points), 2)
      change = ", <em class=\"\(points < -0.5 ? "bad" : "good")\">\(sign)\(digits) points</em>"
    }
    return "<div class=\"card\"><h3>\(name) int8</h3><b>\(HTML.percent(int8))</b>"
      + "<span>float \(HTML.percent(float))\(change)</span></div>"
  }

  private var layerSection: String {
    guard !result.layers.isEmpty else { return "" }
    return """
      <section>
      <h2>Where accuracy is lost</h2>
      <p>Signal-to-quantization-noise ratio of each layer's result, with the noise of all layers
      before it; more is better. The marked layer adds the most noise to what its inputs bring.</p>
      <figure>\(LayerChart(layers: result.layers).svg)</figure>
      </section>
      """
  }

  private var disagreementSection: String {
    let all = result.disagreements
    guard !all.isEmpty else {
      return "<section><h2>Disagreements</h2><p>None: both networks choose the same class for "
        + "every image.</p></section>"
    }
    let shown = all.filter { $0.thumbnail != nil }
    let note = shown.count < all.count ? " The first \(shown.count) of \(all.count) are shown." : ""
    return """
      <section>
      <h2>Disagreements</h2>
      <p>Images for which float and int8 choose different classes, as the networks saw them.\(note)</p>
      <div class="grid">\(shown.map(disagreementCard).joined(separator: "\n"))</div>
      </section>
      """
  }

  private func disagreementCard(_ item: Disagreement) -> String {
    let name = item.path.split(separator: "/").last.map(String.init) ?? item.path
    var truth = ""
    if let classIndex = item.classIndex {
      truth = "<p class=\"truth\">labelled \(HTML.escape(label(classIndex)))</p>"
    }
    let picture = item.thumbnail.map { HTML.image($0, alt: name) } ?? ""
    return
      "<article>\(picture)<div><h4 title=\"\(HTML.escape(item.path))\">\(HTML.escape(name))</h4>"
      + "\(truth)<div class=\"tops\">\(ranking("float", item.float, item.classIndex))"
      + "\(ranking("int8", item.int8, item.classIndex))</div></div></article>"
  }

  private func ranking(_ title: String, _ top: [RankedClass], _ truth: Int?) -> String {
    let rows = top.map { entry in
      let mark = entry.classIndex == truth ? " class=\"right\"" : ""
      return "<li\(mark)><i style=\"width:\(HTML.number(entry.probability * 100, 1))%\"></i>"
        + "<span>\(HTML.escape(label(entry.classIndex)))</span>"
        + "<b>\(HTML.percent(entry.probability, 1))</b></li>"
    }
    return "<div><h5>\(title)</h5><ol>\(rows.joined())</ol></div>"
  }

  private var failureSection: String {
    guard !result.failures.isEmpty else { return "" }
    let rows = result.failures.map { "<li>\(HTML.escape($0.problem))</li>" }
    return "<section><h2>Images that could not be read</h2><ul>\(rows.joined())</ul></section>"
  }

  private func label(_ index: Int) -> String {
    labels.indices.contains(index) ? labels[index] : "class \(index)"
  }
}
