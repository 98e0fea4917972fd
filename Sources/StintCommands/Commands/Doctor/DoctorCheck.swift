// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// One thing that `stint doctor` looked at, and what it thinks of it.
struct DoctorCheck: Sendable, Hashable {
    /// How it stands.
    enum Status: String, Sendable, Hashable, CaseIterable {
        /// As it should be.
        case ok
        /// It was wrong and has been mended.
        case fixed
        /// It could not be asked or judged.
        case unchecked
        /// Jobs run, and somebody should look.
        case warning
        /// Jobs are lost, stand still or will, or a promise is broken.
        case problem
    }

    /// How it stands.
    var status: Status
    /// What was looked at: a stable name, such as `redis.version`.
    var name: String
    /// What was found, in one line for people.
    var text: String
    /// What to type.
    var remedy: String?
    /// The queue that it is about.
    var queue: String?
    /// What an audit found.
    var finding: AuditFinding?

    /// Creates a check.
    init(
        _ status: Status, _ name: String, _ text: String, do remedy: String? = nil, queue: String? = nil,
        finding: AuditFinding? = nil
    ) {
        self.status = status
        self.name = name
        self.text = text
        self.remedy = remedy
        self.queue = queue
        self.finding = finding
    }

    /// Its sign before the text.
    func sign(_ style: Style) -> String {
        switch status {
        case .ok, .fixed: style.painted(.ok)
        case .unchecked: style.paint("?", .dim)
        case .warning: style.painted(.warning)
        case .problem: style.painted(.failed)
        }
    }

    /// The promise that it is about; of what no audit found it stands at the head of the text.
    var invariant: String? {
        let first = text.prefix { $0 != " " }
        let isNamed = first.hasPrefix("I") && first.count > 1 && first.dropFirst().allSatisfy(\.isNumber)
        return finding?.invariant ?? (isNamed ? String(first) : nil)
    }

    /// One object for programs.
    var json: JSONValue {
        let texts: [(String, String?)] = [
            ("check", name), ("status", status.rawValue), ("queue", queue), ("job", finding?.job?.description),
            ("invariant", invariant), ("message", text), ("do", remedy),
        ]
        return .object(texts.map { JSONValue.Member($0.0, Field.text(orNone: $0.1).json) })
    }
}
