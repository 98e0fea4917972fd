// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting
import Testing

@Suite struct FailScriptTests {
    @Test("A failed job is delayed, keeps its attempts, and tells what happened")
    func retry() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.redis("DEL", bench.keys.wake)
            let before = try await bench.now()
            let reply = try await bench.fail((claim, action: "r", delay: 5_000, kind: "e", text: "no luck"))
            let after = try await bench.now()
            #expect(reply == "[1, r]")
            let view = try await bench.snapshot()
            #expect(view.names == ["delayed", "errors", "jobs", "meta", "wake"])
            let record = try view.record("a")
            #expect(record.state == .delayed)
            #expect([record.attempt, record.crashes] == [1, 0])
            #expect((before + 5_000...after + 5_001).contains(record.atMilliseconds))
            #expect(view.errors("a") == [RecordedError(attempt: 1, kind: "e", text: "no luck")])
            #expect([view.meta["failed"], view.meta["retried"], view.meta["died"]] == ["1", "1", "0"])
        }
    }

    @Test("A lease that is lost does not keep the job's present one, in the same call, from failing")
    func lostAndPresent() async throws {
        try await ScriptBench.with { bench in
            let first = try await bench.running(TestJob("a"))
            #expect(try await bench.release((first, delay: -1)) == "[1, o]")
            let second = try await bench.claim(1)[0]
            let reply = try await bench.fail(
                (first, action: "r", delay: 0, kind: "e", text: "old"),
                (second, action: "r", delay: 0, kind: "e", text: "new"))
            #expect(reply == "[1, lr]")
            #expect(try await bench.snapshot().errors("a").map(\.text) == ["new"])
        }
    }

    @Test("A failure that is final buries the job with its reason and frees its key")
    func dead() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(
                TestJob("a") {
                    $0.unique = .key("k")
                    $0.payload = .init(repeating: 1, count: 600)
                })
            #expect(try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "bad payload")) == "[1, d]")
            let view = try await bench.snapshot()
            let record = try view.record("a")
            #expect(record.state == .dead)
            #expect(record.reason == "bad payload")
            #expect(record.startedMilliseconds == claim.record.atMilliseconds)
            #expect(view.dead == ["a": record.atMilliseconds])
            #expect(view.unique == [:])
            #expect(view.big == ["a": 600])
            #expect(view.meta["died"] == "1")
        }
    }

    @Test("A job whose attempts are used up is dead")
    func noAttemptsLeft() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.retry = .never })
            #expect(try await bench.fail((claim, action: "r", delay: 0, kind: "t", text: "too long")) == "[1, d]")
            #expect(try await bench.snapshot().record("a").reason == "no attempts left: too long")
        }
    }

    @Test("A crash is counted, and the third one is the last")
    func crashes() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.retry.attempts = nil })
            for crash in 1...3 {
                let claim = try await bench.claimOne()
                let reply = try await bench.fail((claim, action: "r", delay: 60_000, kind: "c", text: "signal 11"))
                #expect(reply == (crash < 3 ? "[1, r]" : "[1, d]"))
                #expect(try await bench.snapshot().record("a").crashes == crash)
                try await bench.promote("a")
            }
            #expect(try await bench.snapshot().record("a").reason == "crashed too often: signal 11")
        }
    }

    @Test("A job that is to be cancelled ends as cancelled however it fails", arguments: ["r", "d"])
    func cancelled(action: String) async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"), TestJob("kept") { $0.keepMilliseconds = 9_000 })
            let claims = try await bench.claim(2)
            try await bench.cancel("a", "kept")
            let reply = try await bench.fail(
                (claims[0], action: action, delay: 0, kind: "e", text: "x"),
                (claims[1], action: action, delay: 0, kind: "e", text: "y"))
            #expect(reply == "[1, kk]")
            let view = try await bench.snapshot()
            #expect(view.ids == ["kept"])
            #expect(try view.record("kept").state == .cancelled)
            #expect(view.errors("kept").map(\.text) == ["y"])
            #expect(view.meta["cancelled"] == "2")
        }
    }

    @Test("A failure under a stale lease changes nothing; nor does the second of a job in one call")
    func stale() async throws {
        try await ScriptBench.with { bench in
            let first = try await bench.running(TestJob("a"))
            try await bench.release((first, delay: -1))
            let second = try await bench.claimOne()
            let before = try await bench.snapshot()
            #expect(try await bench.fail((first, action: "r", delay: 0, kind: "e", text: "x")) == "[1, l]")
            #expect(try await bench.snapshot() == before.withLaneAndMeta(of: bench.snapshot()))
            let reply = try await bench.fail(
                (second, action: "r", delay: 0, kind: "e", text: "x"),
                (second, action: "d", delay: 0, kind: "e", text: "y"))
            #expect(reply == "[1, rl]")
        }
    }

    @Test("A repeated call replies the same and fails nothing again")
    func again() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            try await bench.fail((claim, action: "r", delay: 9, kind: "e", text: "x"))
            let before = try await bench.snapshot()
            let again = try await bench.fail(
                (claim, action: "r", delay: 9, kind: "e", text: "x"), number: bench.lastNumber)
            #expect(again == "[1, r]")
            #expect(try await bench.snapshot() == before)
        }
    }

    @Test("The last five errors are kept")
    func errors() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a") { $0.retry.attempts = nil })
            for attempt in 1...7 {
                let claim = try await bench.claimOne()
                try await bench.fail((claim, action: "r", delay: 60_000, kind: "e", text: "error \(attempt)"))
                try await bench.promote("a")
            }
            let errors = try await bench.snapshot().errors("a")
            #expect(errors == (3...7).map { RecordedError(attempt: $0, kind: "e", text: "error \($0)") })
        }
    }

    @Test("The longest text that is allowed is kept whole and harms no later failure")
    func longestText() async throws {
        try await ScriptBench.with { bench in
            try await bench.enqueue(TestJob("a"))
            for _ in 1...3 {
                let claim = try await bench.claimOne()
                let text = String(repeating: "x", count: 4_096)
                try await bench.fail((claim, action: "r", delay: 60_000, kind: "e", text: text))
                try await bench.promote("a")
            }
            #expect(try await bench.snapshot().errors("a").map(\.text.utf8.count) == [4_096, 4_096, 4_096])
        }
    }

    @Test("A call with a part of a failure is refused before anything is written")
    func incomplete() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a"))
            let before = try await bench.snapshot()
            let part = ["a", claim.member, "r", "0"].map { Array($0.utf8) }
            let fail = Scripts.fail(bench.keys, lane: bench.lane, number: 3, maxCrashes: 3, failures: part)
            await #expect(throws: RedisFailure.self) { try await bench.run(fail) }
            let release = Scripts.release(bench.keys, lane: bench.lane, number: 3, handed: Array(part.prefix(3)))
            await #expect(throws: RedisFailure.self) { try await bench.run(release) }
            #expect(try await bench.snapshot() == before)
        }
    }

    @Test("A dead job within its window keeps its key")
    func window() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(
                TestJob("a") {
                    $0.unique = .key("k")
                    $0.windowMilliseconds = 60_000
                })
            try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x"))
            #expect(try await bench.snapshot().unique == ["k": "a"])
            #expect(try await bench.enqueue(TestJob("b") { $0.unique = .key("k") }) == "[1, r, [a]]")
        }
    }

    @Test("Every ending of an awaited job is published even where its user may not publish")
    func noRightToPublish() async throws {
        try await ScriptBench.with { bench in
            let claim = try await bench.running(TestJob("a") { $0.isAwaited = true })
            try await bench.redis("ACL", "SETUSER", "default", "resetchannels")
            #expect(try await bench.fail((claim, action: "d", delay: 0, kind: "e", text: "x")) == "[1, d]")
            #expect(try await bench.snapshot().record("a").state == .dead)
        }
    }
}
