// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import Testing

extension AcceptanceTests {
    /// Workers that are killed or stopped in the middle of jobs.
    @Suite struct CrashTests {
        @Test("Killing one of three workers ten times loses nothing", .timeLimit(.minutes(5)))
        func killedWorkers() async throws {
            try await Stage.with { stage in
                let lease = Duration.seconds(2)
                let slots = 8
                var workers = try (0..<3).map { _ in try stage.worker(slots: slots, lease: lease) }
                let count = 6_000
                let producer = try stage.producer(count: count, sleep: 20, log: "acknowledged")
                var crashes: [(pid: pid_t, time: Duration)] = []
                for round in 0..<10 {
                    let victim = workers[round % 3]
                    try await eventually("worker \(victim.pid) runs jobs", within: .seconds(30)) {
                        let own = stage.effects().filter { $0.pid == victim.pid }
                        return own.having("start").count > slots + own.having("end").count / 50
                            && own.having("start").count > own.having("end").count
                    }
                    victim.kill()
                    crashes.append((victim.pid, Effect.now))
                    _ = try await victim.wait()
                    workers[round % 3] = try stage.worker(slots: slots, lease: lease)
                }
                #expect(try await producer.wait(within: .seconds(120)) == .status(0))
                try await eventually("all jobs end", within: .seconds(120)) { try await stage.isEmpty() }

                let effects = stage.effects()
                let acknowledged = Set(stage.lines(of: "acknowledged").map(String.init))
                #expect(acknowledged.count == count)
                #expect(acknowledged.subtracting(effects.counts("end").keys).isEmpty)
                #expect(try await stage.counter("completed") == count)
                #expect(try await stage.counter("died") == 0)
                report(effects, crashes: crashes, lease: lease)
            }
        }

        /// Every attempt that a crash cut off is followed by another within the lease and a second.
        private func report(_ effects: [Effect], crashes: [(pid: pid_t, time: Duration)], lease: Duration) {
            let starts = Dictionary(grouping: effects.having("start"), by: \.id)
            let ends = Set(effects.having("end").map { "\($0.id) \($0.fence)" })
            var waits: [Duration] = []
            for (pid, time) in crashes {
                for cut in effects.having("start") where cut.pid == pid && !ends.contains("\(cut.id) \(cut.fence)") {
                    // Only a first crash is returned at once; a second one backs off.
                    guard let next = starts[cut.id]?.filter({ $0.fence > cut.fence }).min(by: { $0.fence < $1.fence })
                    else {
                        Issue.record("job \(cut.id) did not start again")
                        continue
                    }
                    if cut.attempt == 1 { waits.append(next.time - time) }
                }
            }
            let longest = waits.max() ?? .zero
            print("kill -9: \(waits.count) interrupted jobs, the longest started again after \(longest)")
            #expect(!waits.isEmpty)
            // The bound is lease + 1 s; the rest is for a machine that is busy with other things.
            #expect(longest <= lease + .seconds(1) + .seconds(2))
        }

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
                #expect(stopped.standardError.contains("ease"))
            }
        }
    }
}
