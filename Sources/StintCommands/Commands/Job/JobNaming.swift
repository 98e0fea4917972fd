// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint

/// Finds the jobs that words of the command line name.
struct JobNaming {
    var client: StintClient
    /// The queue given with `--queue`.
    var queue: String?

    /// Returns the id that a word stands for: itself, `%2`, `@last`, or the beginning that a table shows.
    static func id(_ word: String) throws -> JobID { try JobID(RowReferences.current.resolve(word)) }

    /// Returns all that is known of a job.
    ///
    /// - Throws: A failure with status 3 if there is none.
    func details(_ id: JobID) async throws -> JobDetails {
        do {
            if let details = try await client.inspector.job(id, queue: queue) { return details }
        } catch {
            guard error.code == .damaged else { throw error }
            throw CommandFailure(
                .failed, error.message,
                hints: [
                    .init("What is wrong with it, and with others:", "stint doctor"),
                    .init("Delete it:", "stint job rm \(id)"),
                ])
        }
        throw Self.missing(id)
    }

    /// Returns the queue that holds a job; for one that has ended and was not kept, the queue its id names.
    func queueName(of id: JobID) async throws -> String {
        if let queue { return queue }
        if let job = try await client.inspector.job(id) { return job.summary.queue }
        let named = try await client.inspector.queueNames().filter { id.mayBelong(to: $0) }
        guard named.count == 1 else { throw Self.missing(id) }
        return named[0]
    }

    /// There is no such job.
    static func missing(_ id: JobID) -> CommandFailure {
        let text = id.description
        let isCut = (12..<26).contains(text.utf8.count) && text.utf8.first == UInt8(ascii: "0")
        let reason =
            isCut
            ? "tables show only the beginning of an id's 26 characters"
            : "jobs that completed or were cancelled are deleted unless they asked to be kept"
        return CommandFailure(
            .notFound, "there is no job '\(text)'; \(reason)",
            hints: [.init("All jobs with their whole ids:", "stint job ls --plain")])
    }
}
