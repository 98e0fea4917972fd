// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintTerminal

/// Says in JSON what a command did to each queue or job; for the commands that change something.
struct ChangeOptions: ParsableArguments {
    /// Why nothing was done with `--dry-run`.
    static let dryRun = "dry run"

    @Flag(help: "Print what was done as one JSON object for each queue or job.")
    var json = false

    /// Prints what was done to one thing, if JSON was asked for.
    ///
    /// - Parameters:
    ///   - reason: Why nothing was done.
    ///   - more: Further members.
    func tell(
        id: JobID? = nil, queue: String?, done: Bool, reason: String? = nil, _ more: [JSONValue.Member] = [],
        on console: Console
    ) {
        guard json else { return }
        var members = id.map { [JSONValue.Member("id", .string($0.description))] } ?? []
        members += [
            .init("queue", queue.map { .string($0) } ?? .null), .init("done", .bool(done)),
            .init("reason", reason.map { .string($0) } ?? .null),
        ]
        console.document(.object(members + more))
    }
}
