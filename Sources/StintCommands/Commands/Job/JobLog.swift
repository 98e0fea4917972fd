// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Reads a job's log.
struct JobLog {
    var client: StintClient
    var id: JobID
    var queue: String

    /// Returns all lines that are kept, oldest first.
    func all() async throws -> [JobLogLine] { try await after("0-0") }

    /// Returns all lines behind a position.
    func after(_ position: String) async throws -> [JobLogLine] {
        var lines: [JobLogLine] = []
        while true {
            let page = try await client.inspector.log(
                of: id, queue: queue, after: lines.last?.position ?? position, limit: 1_000)
            lines += page
            if page.count < 1_000 { return lines }
        }
    }

    /// A line for people, with everything unsafe made visible.
    static func text(_ line: JobLogLine) -> String {
        // A tab is what logs align with; a line feed cannot be inside a line.
        Sanitizer.visible(line.text, layout: .block).replacing("\n", with: "\\u{a}")
    }

    /// A line for programs.
    static func json(_ line: JobLogLine) -> JSONValue {
        .object([
            .init("position", .string(line.position)), .init("attempt", .integer(Int64(line.attempt))),
            .init("line", .integer(Int64(line.number))), .init("text", .string(line.text)),
        ])
    }
}
