// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Everything that `stint doctor` looked at, and how it is printed.
struct DoctorReport {
    /// At most so many findings of one kind in one queue are printed for people.
    static let mostAlike = 20

    /// The checks, in the order in which they are printed.
    var checks: [DoctorCheck] = []

    /// How many checks stand so.
    func count(_ status: DoctorCheck.Status) -> Int { checks.count { $0.status == status } }

    /// Prints the checks as the stream and the options ask for.
    ///
    /// - Parameter isReached: Whether Redis was looked at; otherwise the error that follows is what sums up.
    func print(json: Bool, isReached: Bool = true, on console: Console) {
        if json {
            for check in checks { console.document(check.json) }
            console.document(summaryJSON)
        } else if console.output.isTerminal {
            for line in lines(for: console.output) { console.data(line) }
        } else {
            for check in checks {
                console.data(
                    TabSeparated.line([
                        check.status.rawValue, check.name, check.queue ?? "", check.finding?.job?.description ?? "",
                        check.text, check.remedy ?? "",
                    ]))
            }
        }
        if isReached { console.talk(summary) }
    }

    /// Lines for people: what is in order beside each other, everything else on a line of its own with what to do.
    func lines(for traits: StreamTraits) -> [String] {
        var lines: [String] = []
        var row = ""
        var alike: [String: Int] = [:]
        for check in checks {
            let text = check.sign(traits.style) + " " + Sanitizer.visible(check.text)
            if check.status == .ok {
                let joined = row.isEmpty ? text : row + "   " + text
                if !row.isEmpty, TextWidth.columns(of: joined) > traits.columns ?? 80 {
                    lines.append(row)
                    row = text
                } else {
                    row = joined
                }
                continue
            }
            let kind = "\(check.status) \(check.name) \(check.queue ?? "")"
            if check.finding != nil {
                alike[kind, default: 0] += 1
                if alike[kind, default: 0] > Self.mostAlike { continue }
            }
            if !row.isEmpty { lines.append(row) }
            row = ""
            lines.append(text)
            if let remedy = check.remedy { lines.append("    do: " + Sanitizer.visible(remedy)) }
        }
        if !row.isEmpty { lines.append(row) }
        let hidden = alike.values.reduce(0) { $0 + max(0, $1 - Self.mostAlike) }
        if hidden > 0 {
            lines.append(
                "\(traits.style.ellipsis) \(NumberText.grouped(hidden)) more of the same kinds: stint doctor --json")
        }
        return lines
    }

    /// The last line: `1 problem, 2 warnings`.
    var summary: String {
        let fixed = count(.fixed)
        let (problems, warnings) = (count(.problem), count(.warning))
        func text(_ count: Int, _ noun: String) -> String {
            "\(count == 0 ? "no" : NumberText.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
        }
        let mended = fixed > 0 ? "\(NumberText.grouped(fixed)) mended, " : ""
        return mended + text(problems, "problem") + ", " + text(warnings, "warning")
    }

    private var summaryJSON: JSONValue {
        let counts = DoctorCheck.Status.allCases.map { JSONValue.Member($0.rawValue, .integer(Int64(count($0)))) }
        return .object([
            .init("check", .string("summary")), .init("status", .string(count(.problem) > 0 ? "problem" : "ok")),
            .init("version", .string(StintVersion.current)), .init("counts", .object(counts)),
        ])
    }
}
