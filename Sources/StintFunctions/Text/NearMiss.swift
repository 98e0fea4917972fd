// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Finds the word that somebody probably meant.
package enum NearMiss {
    /// The nearest candidate, if it is near: one edit for a short word, up to a third of a longer one.
    package static func find(_ word: String, among candidates: [String]) -> String? {
        let bound = max(1, min(3, word.count / 3))
        return candidates.map { (distance(word.lowercased(), $0.lowercased()), $0) }
            .filter { $0.0 <= bound }.min { $0.0 < $1.0 }?.1
    }

    /// `. Did you mean 'x'?`, or nothing.
    package static func hint(_ word: String, among candidates: [String]) -> String {
        find(word, among: candidates).map { ". Did you mean '\($0)'?" } ?? ""
    }

    /// Edits between two words, where exchanging two neighbours is one (Damerau and Levenshtein, restricted).
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left), Array(right))
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
