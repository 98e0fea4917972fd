// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import Testing

extension AcceptanceTests {
    /// Handlers that hold every thread of the cooperative pool.
    @Suite struct BlockingTests {
        /// Seconds; CI sets the 30 that are promised.
        private static var hold: Int {
            ProcessInfo.processInfo.environment["STINT_TEST_BLOCK_SECONDS"].flatMap { Int($0) } ?? 8
        }

        @Test("A worker whose handlers block every thread keeps its leases", .timeLimit(.minutes(2)))
        func blocked() async throws {
            try await Stage.with { stage in
                let threads = ProcessInfo.processInfo.activeProcessorCount
                try stage.worker(slots: threads + 2, lease: .seconds(2))
                let payload = Array(#"{"hold":\#(Self.hold * 1000)}"#.utf8)
                for _ in 0..<threads { try await stage.client.enqueue(name: "block", payload: payload) }
                try await eventually("every thread is held") { stage.effects().having("start").count == threads }
                // These are claimed as well, and cannot even start before a thread is free.
                for _ in 0..<2 { try await stage.client.enqueue(name: "append", payload: Array("{}".utf8)) }
                try await eventually("all jobs are claimed") { try await stage.running() == threads + 2 }
                // A second worker would take over what the first one lost.
                try stage.worker(slots: threads + 2, lease: .seconds(2))
                try await eventually("all jobs end", within: .seconds(Self.hold + 20)) { try await stage.isEmpty() }

                let effects = stage.effects()
                let firstEnd = effects.having("end").map(\.time).min() ?? .zero
                let last = effects.having("start").suffix(2)
                #expect(last.allSatisfy { $0.time >= firstEnd }, "every thread was held")
                #expect(effects.counts("start").values.allSatisfy { $0 == 1 })
                #expect(effects.counts("end").count == threads + 2)
                #expect(Set(effects.map(\.pid)).count == 1)
                #expect(try await stage.counter("crashed") == 0)
                #expect(try await stage.counter("completed") == threads + 2)
            }
        }
    }
}
