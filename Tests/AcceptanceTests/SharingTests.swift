// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension AcceptanceTests {
    /// Many producers and workers on one queue.
    @Suite struct SharingTests {
        @Test("Eight worker processes share the jobs of four producers, each job once", .timeLimit(.minutes(5)))
        func sharing() async throws {
            try await Stage.with { stage in
                let each = 5_000
                try stage.write(
                    "stint.yaml",
                    """
                    functions:
                      append:
                        sh: |
                          echo "$STINT_JOB_ID $STINT_FENCE $STINT_ATTEMPT $$ start 0" >> effects
                          echo "$STINT_JOB_ID $STINT_FENCE $STINT_ATTEMPT $$ end 0" >> effects
                    """)
                let line = #"{"name":"append","payload":{"sleep":0}}"# + "\n"
                try stage.write("jobs.ndjson", String(repeating: line, count: each))
                for _ in 0..<6 { try stage.worker(slots: 4, lease: .seconds(10)) }
                for _ in 0..<2 { try stage.start("stint", ["work", "--slots", "4"]) }
                let producers = [
                    try stage.producer(count: each, log: "ids0"),
                    try stage.producer(count: each, mode: "bulk", log: "ids1"),
                    try stage.start("stint", ["enqueue", "--bulk", "jobs.ndjson", "--ids", "ids2"]),
                    try stage.start("stint", ["enqueue", "--bulk", "jobs.ndjson", "--ids", "ids3"]),
                ]
                for producer in producers {
                    let end = try await producer.wait(within: .seconds(120))
                    #expect(end == .status(0), "\(producer.standardError)")
                }
                try await eventually("all jobs end", within: .seconds(120)) { try await stage.isEmpty() }

                let acknowledged = Set((0..<4).flatMap { stage.lines(of: "ids\($0)") }.map(String.init))
                let effects = stage.effects()
                let starts = effects.counts("start")
                let ends = effects.counts("end")
                #expect(acknowledged.count == 4 * each)
                #expect(Set(ends.keys) == acknowledged)
                #expect(starts.values.allSatisfy { $0 == 1 })
                #expect(ends.values.allSatisfy { $0 == 1 })
                #expect(try await stage.counter("completed") == 4 * each)
                #expect(try await stage.counter("claimed") == 4 * each)
                #expect(try await stage.counter("crashed") == 0)
                // The functions run in a process each, the fixture's jobs in their worker's.
                let pids = Set(effects.having("end").map(\.pid))
                print("sharing: \(ends.count) jobs once each; \(pids.count - 6) of them ran as functions")
                #expect(pids.count > 6)
            }
        }
    }
}
