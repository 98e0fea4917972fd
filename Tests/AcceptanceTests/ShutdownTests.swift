// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension AcceptanceTests {
    /// Workers that are asked to end.
    @Suite struct ShutdownTests {
        @Test("On SIGTERM a worker ends what runs and hands back nothing that counts", .timeLimit(.minutes(1)))
        func drain() async throws {
            try await Stage.with { stage in
                let worker = try stage.worker(slots: 4)
                #expect(try await stage.producer(count: 50, mode: "bulk", sleep: 800, log: "ids").wait() == .status(0))
                try await eventually("four jobs run") { stage.effects().having("start").count >= 4 }
                worker.signal(SIGTERM)
                #expect(try await worker.wait() == .status(0))
                let effects = stage.effects()
                #expect(effects.having("end").count == effects.having("start").count)
                #expect(effects.having("cancelled").isEmpty)
                #expect(try await stage.counter("crashed") == 0)
                #expect(try await stage.running() == 0)
                try await finishTheRest(stage, count: 50)
                #expect(stage.effects().allSatisfy { $0.attempt == 1 })
                #expect(stage.effects().counts("start").values.allSatisfy { $0 == 1 })
            }
        }

        @Test("A second SIGTERM hands back at once what runs", .timeLimit(.minutes(1)))
        func handBack() async throws {
            try await Stage.with { stage in
                let worker = try stage.worker(slots: 4)
                #expect(try await stage.producer(count: 8, mode: "bulk", sleep: 4_000, log: "ids").wait() == .status(0))
                try await eventually("four jobs run") { stage.effects().having("start").count >= 4 }
                let before = Effect.now
                worker.signal(SIGTERM)
                try await eventually("the first signal is taken") { worker.standardError.contains("Signal") }
                worker.signal(SIGTERM)
                #expect(try await worker.wait() == .status(0))
                #expect(Effect.now - before < .seconds(3))
                #expect(stage.effects().having("end").isEmpty)
                #expect(try await stage.running() == 0)
                #expect(try await stage.counter("crashed") == 0)
                try await finishTheRest(stage, count: 8)
                #expect(stage.effects().allSatisfy { $0.attempt == 1 })
                #expect(stage.effects().counts("end").values.allSatisfy { $0 == 1 })
            }
        }

        @Test("SIGTERM to stint work lets functions end", .timeLimit(.minutes(1)))
        func functions() async throws {
            try await Stage.with { stage in
                try stage.write(
                    "stint.yaml",
                    """
                    functions:
                      append:
                        sh: |
                          echo "$STINT_JOB_ID $STINT_FENCE $STINT_ATTEMPT $$ start 0" >> effects
                          sleep 1
                          echo "$STINT_JOB_ID $STINT_FENCE $STINT_ATTEMPT $$ end 0" >> effects
                    """)
                let worker = try stage.start("stint", ["work", "--slots", "2"])
                let producer = try stage.start("stint", ["enqueue", "append", "--count", "10"])
                #expect(try await producer.wait() == .status(0))
                try await eventually("two functions run") { stage.effects().having("start").count >= 2 }
                worker.signal(SIGTERM)
                #expect(try await worker.wait() == .status(0), "\(worker.standardError)")
                let effects = stage.effects()
                #expect(effects.having("end").count == effects.having("start").count)
                #expect(try await stage.running() == 0)
                #expect(try await stage.counter("crashed") == 0)
                try await finishTheRest(stage, count: 10)
                #expect(stage.effects().allSatisfy { $0.attempt == 1 })
                #expect(stage.effects().counts("end").values.allSatisfy { $0 == 1 })
            }
        }

        private func finishTheRest(_ stage: Stage, count: Int) async throws {
            try stage.worker(slots: 16)
            try await eventually("the rest runs", within: .seconds(40)) { try await stage.isEmpty() }
            #expect(stage.effects().counts("end").count == count)
            #expect(try await stage.counter("completed") == count)
        }
    }
}
