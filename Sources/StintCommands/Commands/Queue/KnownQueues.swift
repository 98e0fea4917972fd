// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions

extension Inspector {
    /// Returns how a queue stands that must be known by name.
    ///
    /// - Throws: A failure with status 3 that names the queue which was probably meant.
    func known(_ queue: String) async throws -> QueueStatus {
        let names = try await queueNames()
        guard names.contains(queue) else { throw Self.unknown(queue, among: names) }
        return try await self.queue(queue)
    }

    /// Returns the queues to act on: those named, or all.
    func known(_ queues: [String], all: Bool) async throws -> [String] {
        let names = try await queueNames()
        if all { return names.sorted() }
        for queue in queues where !names.contains(queue) { throw Self.unknown(queue, among: names) }
        return queues
    }

    private static func unknown(_ queue: String, among names: [String]) -> CommandFailure {
        let near = NearMiss.find(queue, among: names).map { " Did you mean '\($0)'?" } ?? ""
        return CommandFailure(
            .notFound, "there is no queue '\(queue)'.\(near)", hints: [.init("All queues:", "stint queue ls")])
    }
}
