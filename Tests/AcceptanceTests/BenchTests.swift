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

        @Test("Jobs that wait meanwhile are told apart and left, over as many queues as asked", .timeLimit(.minutes(2)))
        func waiting() async throws {
            try await Stage.with { stage in
                let options = ["--jobs", "1000", "--waiting", "3000", "--queues", "7", "--workers", "2", "--json"]
                for raw in [[], ["--raw"]] {
                    let bench = try stage.start("stint", ["bench"] + options + raw)
                    #expect(try await bench.wait() == .status(0), "\(bench.standardError)")
                    #expect(try rows(bench).compactMap { $0["jobs"] as? Int } == [3_000, 1_000, 1_000, 2_500])
                    #expect(try await stage.command("DBSIZE") == .integer(0))
                }
            }
        }

        @Test("A sample is timed while other jobs wait, and not when they ran out", .timeLimit(.minutes(2)))
        func urgent() async throws {
            try await Stage.with { stage in
                let options = ["bench", "--latency", "--samples", "50", "--rate", "1000", "--json", "--waiting"]
                let bench = try stage.start("stint", options + ["300000"])
                #expect(try await bench.wait() == .status(0), "\(bench.standardError)")
                #expect(try rows(bench).compactMap { $0["samples"] as? Int } == [50, 50])
                let short = try stage.start("stint", options + ["1"])
                #expect(try await short.wait() == .status(1))
                #expect(short.standardError.contains("run before the last sample"))
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
