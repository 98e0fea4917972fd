// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import Stint
package import StintRedis

/// A client on a private Redis that belongs to one test.
///
/// Made by ``withStint(namespace:sealing:redisOptions:configure:_:)``. The server listens on a Unix socket in a folder of its
/// own and is gone when the test ends, so tests run in parallel and clean nothing up.
public struct TestStint: Sendable {
    /// The client.
    public let client: StintClient
    /// The address of the server, for further clients and for commands.
    public let url: String
    /// The server.
    package let redis: PrivateRedis

    /// Reads how queues, jobs and workers stand.
    public var inspector: Inspector { client.inspector }

    /// Returns the jobs of a type that wait in its queue, ready ones first, in the order in which they will start.
    ///
    /// - Parameters:
    ///   - type: The job type.
    ///   - queue: The queue; that of the type's defaults if left out.
    public func enqueued<J: Job>(_ type: J.Type, queue: String? = nil) async throws -> [J] {
        let queue = queue ?? J.defaults.queue ?? "default"
        var jobs: [J] = []
        for state in [JobState.ready, .delayed] {
            for summary in try await summaries(queue: queue, state: state) where summary.name == J.name {
                guard let details = try await inspector.job(summary.id, queue: queue) else { continue }
                jobs.append(try JSONDecoder().decode(J.self, from: Data(details.payload)))
            }
        }
        return jobs
    }

    /// Returns all jobs of a queue in one state.
    public func summaries(queue: String, state: JobState) async throws -> [JobSummary] {
        var summaries: [JobSummary] = []
        var offset: Int? = 0
        while let from = offset {
            let page = try await inspector.jobs(queue: queue, state: state, offset: from, limit: 500)
            summaries += page.jobs
            offset = page.nextOffset
        }
        return summaries
    }

    /// Waits until a condition holds, looking at it every few milliseconds.
    ///
    /// - Parameters:
    ///   - limit: How long to wait at most.
    ///   - condition: What must come to hold.
    /// - Returns: Whether it held within the limit.
    public func eventually(
        within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let end = ContinuousClock.now + limit
        repeat {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        } while ContinuousClock.now < end
        return try await condition()
    }
}
