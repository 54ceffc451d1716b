import SwiftletPlatform

/// Finds what somebody probably meant.
public enum Nearest {
  /// The number of single-character edits between two words; swapping two neighbours is one edit.
  public static func distance(_ a: String, _ b: String) -> Int {
    let first = Array(a.lowercased())
    let second = Array(b.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in 0..<first.count {
      var current = [row + 1]
      for column in 0..<second.count {
        let substitution = last[column] + (first[row] == second[column] ? 0 : 1)
        var best = min(substitution, last[column + 1] + 1, current[column] + 1)
        if row > 0 && column > 0 && first[row] == second[column - 1]
          && first[row - 1] == second[column]
        {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[second.count]
  }

  /// The bytes of the longest word that is looked at.
  private static let longestWord = 256

  /// The candidates close enough to `word` to be worth suggesting, the nearest first.
  ///
  /// Close is: at most a third of the letters are edits, or one contains the other.
  public static func matches(_ word: String, in candidates: [String], limit: Int = 3) -> [String] {
    let lowered = word.lowercased()
    var ranked: [(distance: Int, candidate: String)] = []
    // Counting edits takes time quadratic in the length, and nobody types so much.
    for candidate in candidates where max(word.utf8.count, candidate.utf8.count) <= longestWord {
      let edits = distance(word, candidate)
      let allowed = max(1, max(word.count, candidate.count) / 3)
      let bare = candidate.lowercased()
      let contains =
        lowered.count > 2 && (bare.contains(part: lowered) || lowered.contains(part: bare))
      if edits <= allowed {
        ranked.append((edits, candidate))
      } else if contains {
        ranked.append((allowed + edits, candidate))
      }
    }
    return ranked.sorted { $0.distance < $1.distance }.prefix(limit).map(\.candidate)
  }
}
