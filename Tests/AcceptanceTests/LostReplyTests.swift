// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import StintRedis
import Testing

extension AcceptanceTests {
    /// Enqueues whose reply never arrives.
    @Suite struct LostReplyTests {
        @Test("An enqueue whose reply is cut off and that is repeated adds one job", .timeLimit(.minutes(1)))
        func waitingJob() async throws {
            try await losingReply { stage in
                let completed = try await stage.counter("completed")
                #expect(completed == 0)
            } afterwards: { stage in
                #expect(try await stage.command("HLEN", stage.client.core.keys(queue: "default").jobs) == .integer(2))
                try stage.worker(slots: 1)
                try await eventually("both jobs run") { try await stage.isEmpty() }
            }
        }

        @Test("A repeated enqueue adds nothing when its job has run and is gone by then", .timeLimit(.minutes(1)))
        func goneJob() async throws {
            try await losingReply { stage in
                try stage.worker(slots: 1)
                try await eventually("both jobs have run and are gone") {
                    guard try await stage.counter("completed") == 2 else { return false }
                    return try await stage.isEmpty()
                }
            } afterwards: { stage in
                let isEmpty = try await stage.isEmpty()
                #expect(isEmpty)
            }
        }

        /// Enqueues through a proxy that keeps the reply back, does something, and cuts the connection.
        private func losingReply(
            meanwhile: (Stage) async throws -> Void, afterwards: (Stage) async throws -> Void
        ) async throws {
            try await Stage.with { stage in
                let path = stage.folder.appendingPathComponent("proxy.sock").path
                let proxy = try CuttingProxy(path: path, upstream: stage.redis.socketPath)
                defer { proxy.close() }
                // The reply is to be cut off by the proxy, not given up by the client.
                let client = try StintClient(
                    .init(redis: proxy.url, commandTimeout: .seconds(30)),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                // The first job makes the queue known, so that the second one's call is the only one under way.
                let first = try await client.enqueue(name: "append", payload: Array("{}".utf8))
                let payload = #"{"sleep":1}"#
                proxy.arm(payload)
                async let pending = client.enqueue(name: "append", payload: Array(payload.utf8))
                try await eventually("Redis has answered") { proxy.hasKeptReply }
                try await meanwhile(stage)
                proxy.cut()
                let second = try await pending
                #expect(second.isNew)
                #expect(try await stage.counter("enqueued") == 2)
                try await afterwards(stage)
                let ids = Set([first, second].map(\.id.description))
                #expect(Set(stage.effects().counts("end").keys) == ids)
                #expect(stage.effects().counts("start").values.allSatisfy { $0 == 1 })
                #expect(try await stage.counter("completed") == 2)
                await client.shutdown()
            }
        }
    }
}
