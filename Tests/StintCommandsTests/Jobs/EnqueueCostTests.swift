// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

@testable import StintCommands

/// What one command line costs, in what Redis has to read: time is not for tests.
@Suite struct EnqueueCostTests {
    @Test("An enqueue is read by Redis in a few pieces, each of them a round trip, and says who serves the queue")
    func pieces() async throws {
        try await LiveStint.with { live in
            // From then on Redis knows the scripts.
            #expect(await live.run("enqueue", "x").status == .ok)
            // Login, checks, name of the queue, lane and job, meanwhile the workers, then whether the queue is new; at last
            // the end of the connection.
            let alone = try await reads(live) { await live.run("enqueue", "x", "--queue", "default") }
            #expect(alone.count <= 8, "\(alone.count)")
            #expect(alone.run.errors.contains("no worker serves 'default'. Start one:"), "\(alone.run.errors)")
            // Somebody is there, who serves another queue: what he is, is asked for as well.
            try await live.redis("ZADD", "{stint}:nodes", "9999999999999", "n1")
            let together = try await reads(live) { await live.run("enqueue", "x", "--queue", "new") }
            #expect(together.count <= 9, "\(together.count)")
            #expect(together.run.errors.contains("no worker serves 'new' and it did not exist before."))
        }
    }

    /// How often Redis reads from any connection while a command line runs.
    private func reads(
        _ live: LiveStint, _ body: () async -> CommandRun
    ) async throws -> (count: Int, run: CommandRun) {
        let before = try await total(live)
        let run = await body()
        #expect(run.status == .ok, "\(run.errors)")
        // The second look is read as well.
        return (try await total(live) - before - 1, run)
    }

    private func total(_ live: LiveStint) async throws -> Int {
        let info = try await live.client.core.transport.send(
            RedisCommand("INFO", "stats"), timeout: .seconds(60)
        ).string
        let line = try #require(info?.split(separator: "\r\n").first { $0.hasPrefix("total_reads_processed:") })
        return try #require(line.split(separator: ":").last.flatMap { Int($0) })
    }
}
