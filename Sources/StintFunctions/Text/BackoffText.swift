// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint

/// Reads and writes back-off policies: `exponential(1s, 1h)`, `fixed(30s)`, `list(1s, 5s, 1m)`.
package enum BackoffText {
    /// Reads a policy.
    ///
    /// Exponential back-off always has full jitter, so `jitter …` as a third argument is refused unless it is `full`.
    package static func parse(_ text: String) throws(ParseFailure) -> RetryPolicy.Backoff {
        let failure = ParseFailure(
            "'\(text)' is not a back-off: write exponential(1s, 1h), fixed(30s) or list(1s, 5s, 1m)")
        guard let open = text.firstIndex(of: "("), text.last == ")" else { throw failure }
        var arguments = text[text.index(after: open)...].dropLast()
            .split(separator: ",", omittingEmptySubsequences: false).map { trim($0) }
        switch trim(text[..<open]) {
        case "exponential":
            if arguments.count == 3, let last = arguments.last, last.hasPrefix("jitter") {
                guard last == "jitter full" else {
                    throw ParseFailure("exponential back-off always has full jitter: leave '\(last)' out")
                }
                arguments.removeLast()
            }
            guard arguments.count == 2 else { throw failure }
            let (base, cap) = (try DurationText.parse(arguments[0]), try DurationText.parse(arguments[1]))
            guard base > .zero, cap >= base else {
                throw ParseFailure("in '\(text)' the first time must be above 0 and the second not below the first")
            }
            return .exponential(base: base, cap: cap)
        case "fixed":
            guard arguments.count == 1 else { throw failure }
            return .fixed(try DurationText.parse(arguments[0]))
        case "list":
            var delays: [Duration] = []
            for argument in arguments { delays.append(try DurationText.parse(argument)) }
            guard delays.count <= 100 else { throw ParseFailure("a list of delays has at most 100") }
            return .list(delays)
        default:
            throw failure
        }
    }

    /// Writes a policy so that ``parse(_:)`` reads it.
    package static func format(_ backoff: RetryPolicy.Backoff) -> String {
        switch backoff {
        case .exponential(let base, let cap):
            "exponential(\(DurationText.format(base)), \(DurationText.format(cap)))"
        case .fixed(let delay): "fixed(\(DurationText.format(delay)))"
        case .list(let delays): "list(\(delays.map(DurationText.format).joined(separator: ", ")))"
        }
    }

    private static func trim(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
