// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import Testing

extension AcceptanceTests {
    /// Workers that are stopped in the middle of jobs: what their handlers and their logs say of it.
    ///
    /// Many kills and stops, of workers and of Redis, are `scripts/chaos`.
    @Suite struct CrashTests {
        @Test("The job of a worker that was stopped past its lease is finished once", .timeLimit(.minutes(1)))
        func stoppedWorker() async throws {
            try await stopping("append", #"{"sleep":6000}"#) { $0.event == "cancelled" }
        }

        @Test("A stopped worker's handler that cannot be cancelled changes nothing", .timeLimit(.minutes(1)))
        func stoppedBlockingWorker() async throws {
            try await stopping("block", #"{"hold":2500}"#) { $0.event == "end" }
        }

        /// Stops the worker of a job past its lease, lets another one take the job, and wakes the first one up.
        private func stopping(_ name: String, _ payload: String, _ isRegained: (Effect) -> Bool) async throws {
            try await Stage.with { stage in
                let stopped = try stage.worker(slots: 1, lease: .seconds(1))
                let receipt = try await stage.client.enqueue(name: name, payload: Array(payload.utf8))
                try await eventually("the job starts") { stage.effects().having("start").count == 1 }
                stopped.signal(SIGSTOP)
                let other = try stage.worker(slots: 1, lease: .seconds(1))
                try await eventually("another worker starts the job") { stage.effects().having("start").count == 2 }
                stopped.signal(SIGCONT)
                try await eventually("the stopped one's handler goes on") {
                    stage.effects().contains { $0.pid == stopped.pid && isRegained($0) }
                }
                try await eventually("the job ends") { try await stage.isEmpty() }
                let effects = stage.effects()
                #expect(effects.allSatisfy { $0.id == receipt.id.description })
                #expect(effects.having("end").contains { $0.pid == other.pid && $0.attempt == 2 })
                let fences = effects.having("start").map(\.fence)
                #expect(fences[0] < fences[1])
                #expect(try await stage.counter("completed") == 1)
                #expect(try await stage.counter("crashed") == 1)
                #expect(stopped.standardError.contains("Lost a job's lease"))
            }
        }
    }
}
