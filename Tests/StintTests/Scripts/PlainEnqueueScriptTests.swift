// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

/// The short way of an enqueue, which a queue that exists and has no depth limit takes for plain jobs, does what the long
/// way does.
@Suite struct PlainEnqueueScriptTests {
    private static let kinds: [TestJob] = [
        TestJob("plain"), TestJob("urgent") { $0.priority = .urgent }, TestJob("low") { $0.priority = .low },
        TestJob("later") { $0.due = .after(60_000) }, TestJob("at") { $0.due = .at(4_000_000_000_000) },
        TestJob("past") { $0.due = .at(1_000) }, TestJob("soon") { $0.due = .after(50_000) },
        TestJob("again"), TestJob("name") { $0.name = "a-longer-name" },
        TestJob("tags") { $0.tags = ["customer": "42", "empty": ""] },
        TestJob("options") {
            $0.timeoutMilliseconds = 5_000
            $0.keepMilliseconds = 60_000
            $0.windowMilliseconds = 70_000
        }, TestJob("awaited") { $0.isAwaited = true }, TestJob("traced") { $0.traceContext = ["traceparent": "00-1"] },
        TestJob("retry") { $0.retry = .init(backoff: .list([.seconds(1), .seconds(9)]), attempts: 7) },
        TestJob("empty") { $0.payload = [] }, TestJob("long") { $0.payload = Array(repeating: 0, count: 512) },
        TestJob("id.with-all_signs"), TestJob(String(repeating: "i", count: 64)),
    ]

    @Test("Both ways leave the same jobs in the same places")
    func same() async throws {
        try await ScriptBench.with { plain in
            try await ScriptBench.with { limited in
                for bench in [plain, limited] { try await bench.enqueue(TestJob("first")) }
                try await limited.redis("HSET", limited.keys.meta, "depth_limit", "1000")
                for bench in [plain, limited] {
                    let call = Scripts.enqueue(
                        bench.keys, lane: bench.lane, number: bench.nextNumber(), entries: try bench.entries(Self.kinds)
                    )
                    let codes = String(repeating: "n", count: Self.kinds.count)
                    #expect(try await bench.run(call).line == "[1, \(codes), []]")
                }
                let (one, other) = (try await plain.snapshot(), try await limited.snapshot())
                #expect(one.ready == other.ready)
                #expect(one.delayed.keys.sorted() == other.delayed.keys.sorted())
                #expect(one.meta["enqueued"] == other.meta["enqueued"])
                for job in Self.kinds {
                    let (a, b) = (try one.record(job.id), try other.record(job.id))
                    let bytes = [one, other].map { $0.snapshot.hash($0.keys.jobs)[job.id]?.withoutTimes }
                    #expect(bytes[0] == bytes[1], "\(job.id)")
                    #expect(a.state == b.state)
                    if case .after(let delay) = job.content.due, delay > 0 {
                        #expect((delay...delay + 1).contains(a.atMilliseconds - a.enqueuedMilliseconds))
                        #expect(one.delayed[job.id] == a.atMilliseconds)
                    } else if a.state == .ready {
                        #expect(a.atMilliseconds == a.enqueuedMilliseconds)
                    } else {
                        #expect(a.atMilliseconds == b.atMilliseconds)
                    }
                }
            }
        }
    }

    @Test("An id that is there already, or comes twice in the call, is answered as ever")
    func present() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            #expect(try await bench.enqueue(TestJob("b"), TestJob("a")) == "[1, ne, [a]]")
            #expect(try await bench.enqueue(TestJob("c"), TestJob("c"), TestJob("d")) == "[1, nen, [c]]")
            #expect(try await bench.snapshot().ready[2] == ["a", "b", "c", "d"])
        }
    }
}

extension [UInt8] {
    /// A record with zeroes for the times of acceptance and of becoming due.
    fileprivate var withoutTimes: [UInt8] { Array(prefix(11)) + Array(repeating: 0, count: 12) + Array(dropFirst(23)) }
}
