// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension RetryPolicy {
    /// The policy in the form that a record keeps: a letter, the attempts (0 for no bound) and times in milliseconds,
    /// such as `e,5,1000,3600000`, followed by `;` and the bound on the time elapsed, if there is one.
    package var recordText: String {
        var text: String
        let attempts = attempts ?? 0
        switch backoff {
        case .exponential(let base, let cap): text = "e,\(attempts),\(base.milliseconds),\(cap.milliseconds)"
        case .fixed(let delay): text = "f,\(attempts),\(delay.milliseconds)"
        case .list(let delays): text = "l,\(attempts)" + delays.map { ",\($0.milliseconds)" }.joined()
        }
        if let maxElapsed { text += ";\(maxElapsed.milliseconds)" }
        return text
    }

    /// Whether a record must spell the policy out: it differs from the standard one in more than its attempts.
    var needsText: Bool { backoff != Self.standard.backoff || maxElapsed != nil }

    /// Reads the form that a record keeps; nil if it is none.
    package init?(recordText: String) {
        let halves = recordText.split(separator: ";", omittingEmptySubsequences: false)
        guard let head = halves.first, halves.count <= 2 else { return nil }
        let parts = head.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.dropFirst().compactMap { Int64($0) }
        guard let letter = parts.first, numbers.count == parts.count - 1, numbers.allSatisfy({ $0 >= 0 }),
            let attempts = numbers.first, attempts <= 65_535
        else { return nil }
        let times = numbers.dropFirst().map { Duration.milliseconds($0) }
        let backoff: Backoff
        switch (letter, times.count) {
        case ("e", 2): backoff = .exponential(base: times[0], cap: times[1])
        case ("f", 1): backoff = .fixed(times[0])
        case ("l", _): backoff = .list(times)
        default: return nil
        }
        var maxElapsed: Duration?
        if halves.count == 2 {
            guard let bound = Int64(halves[1]), bound >= 0 else { return nil }
            maxElapsed = .milliseconds(bound)
        }
        self.init(backoff: backoff, attempts: attempts == 0 ? nil : Int(attempts), maxElapsed: maxElapsed)
    }
}
