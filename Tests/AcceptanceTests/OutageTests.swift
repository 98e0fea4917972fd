// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import Testing

extension AcceptanceTests {
    /// A Redis that crashes under load.
    @Suite struct OutageTests {
        @Test("A Redis that is killed and started again loses no acknowledged job", .timeLimit(.minutes(3)))
        func killedRedis() async throws {
            try await Stage.with(appendOnly: true) { stage in
                let count = 4_000
                for _ in 0..<2 { try stage.worker(slots: 8, lease: .seconds(2)) }
                let producers = try (0..<2).map { try stage.producer(count: count, sleep: 5, log: "ids\($0)") }
                for round in 1...2 {
                    try await eventually("jobs run", within: .seconds(40)) {
                        stage.effects().having("end").count >= round * count / 4
                    }
                    stage.redis.kill()
                    try await stage.redis.restart()
                }
                for producer in producers {
                    let end = try await producer.wait(within: .seconds(90))
                    #expect(end == .status(0), "\(producer.standardError)")
                }
                try await eventually("all jobs end", within: .seconds(90)) { try await stage.isEmpty() }
                let acknowledged = Set((0..<2).flatMap { stage.lines(of: "ids\($0)") }.map(String.init))
                #expect(acknowledged.count == 2 * count)
                #expect(acknowledged.subtracting(stage.effects().counts("end").keys).isEmpty)
                #expect(try await stage.counter("died") == 0)
            }
        }
    }
}
