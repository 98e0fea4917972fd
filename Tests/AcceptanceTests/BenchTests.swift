// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import Testing

extension AcceptanceTests {
    /// The benchmark command: what it says is judged by people, what it leaves behind is judged here.
    @Suite struct BenchTests {
        @Test("A benchmark leaves nothing behind on a Redis that it was given", .timeLimit(.minutes(2)))
        func cleanUp() async throws {
            try await Stage.with { stage in
                _ = try await stage.command("SET", "of-another-program", "1")
                let bench = try stage.start(
                    "stint", ["bench", "--jobs", "2000", "--producers", "2", "--workers", "2", "--json"])
                #expect(try await bench.wait() == .status(0), "\(bench.standardError)")
                let rows = try rows(bench)
                #expect(rows.compactMap { $0["jobs"] as? Int } == [2_000, 2_000, 4_500])
                #expect(rows.allSatisfy { ($0["redis_us_per_job"] as? Double ?? 0) > 0 })
                #expect(try await stage.command("DBSIZE") == .integer(1))
            }
        }

        @Test("An interrupted benchmark cleans up too", .timeLimit(.minutes(2)))
        func interrupt() async throws {
            try await Stage.with { stage in
                let bench = try stage.start("stint", ["bench", "--jobs", "3000000"])
                try await eventually("jobs are enqueued") {
                    try await stage.command("DBSIZE").integerValue ?? 0 > 3
                }
                bench.signal(SIGINT)
                #expect(try await bench.wait() == .status(130), "\(bench.standardError)")
                #expect(try await stage.command("DBSIZE") == .integer(0))
            }
        }

        @Test("Each call of a benchmark at a rate is run and timed", .timeLimit(.minutes(2)))
        func rate() async throws {
            try await Stage.with { stage in
                let bench = try stage.start(
                    "stint", ["bench", "--latency", "--rate", "2000", "--samples", "600", "--workers", "3", "--json"])
                #expect(try await bench.wait() == .status(0), "\(bench.standardError)")
                let rows = try rows(bench)
                #expect(rows.compactMap { $0["samples"] as? Int } == [600, 600])
                #expect(try #require(rows[0]["p50_ms"] as? Double) <= #require(rows[0]["max_ms"] as? Double))
                #expect(try await stage.command("DBSIZE") == .integer(0))
            }
        }

        @Test("Delayed jobs never start early", .timeLimit(.minutes(2)))
        func delayed() async throws {
            try await Stage.with { stage in
                let bench = try stage.start(
                    "stint", ["bench", "--delayed", "--delay", "500ms", "--samples", "40", "--json"])
                #expect(try await bench.wait() == .status(0), "\(bench.standardError)")
                let row = try #require(try rows(bench).first)
                #expect(row["samples"] as? Int == 40)
                #expect(try #require(row["min_ms"] as? Double) >= 0)
                #expect(try await stage.command("DBSIZE") == .integer(0))
            }
        }

        private func rows(_ bench: Child) throws -> [[String: Any]] {
            try bench.standardOutput.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
        }
    }
}
