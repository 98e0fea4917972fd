// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import Testing

@testable import StintFunctions

private final class RecordedControl: JobControl {
    let lines = Collector<String>()
    let progress = Collector<String>()

    func setProgress(_ fraction: Double, note: String?) { progress.add("\(fraction) \(note ?? "-")") }
    func log(_ line: String) { lines.add(line) }
    func checkLease() throws {}
}

@Suite struct HandlerTests {
    private let control = RecordedControl()

    private func run(_ definition: FunctionDefinition, _ payload: String = "") async throws -> JobOutcome {
        let context = JobContext(
            id: try JobID("job-1"), name: "test", queue: "mail", attempt: 2, maxAttempts: nil, fence: 7, deadline: nil,
            enqueuedAt: Date(), tags: [:], node: "n00001", logger: Logger(label: "test"), control: control)
        let handle = try #require(FunctionHandlers([definition]).handles.first)
        return try await handle.body(Array(payload.utf8), context)
    }

    @Test("Exit codes become outcomes, with the last line of the log as the reason")
    func outcomes() async throws {
        #expect(try await run(shell("cat"), "hi") == .completed(result: Array("hi".utf8)))
        #expect(try await run(shell("true")) == .completed(result: nil))
        #expect(try await run(shell("exit 65")) == .dead(reason: "exit 65"))
        #expect(try await run(shell("echo no such user >&2; exit 78")) == .dead(reason: "exit 78: no such user"))
        #expect(try await run(shell("exit 79")) == .snooze(.seconds(60)))
        #expect(try await run(shell("echo '{\"snooze\":\"5m\"}' >&3; exit 79")) == .snooze(.seconds(300)))
        #expect(try await run(shell("exit 75")) == .retry(after: nil, reason: "exit 75"))
        #expect(
            try await run(shell("echo '{\"retry_after\":\"30s\"}' >&3; exit 1"))
                == .retry(after: .seconds(30), reason: "exit 1"))
        #expect(try await run(shell("kill -9 $$")) == .crashed(reason: "killed by signal 9 (SIGKILL)"))
    }

    @Test("The function's own exit map goes before the standard one")
    func ownExits() async throws {
        var exits = ExitMap.standard
        exits.set(.dead, to: [2])
        exits.set(.done, to: [3])
        #expect(try await run(shell("exit 2") { $0.exits = exits }) == .dead(reason: "exit 2"))
        #expect(try await run(shell("exit 3") { $0.exits = exits }) == .completed(result: nil))
        #expect(try await run(shell("exit 65") { $0.exits = exits }) == .retry(after: nil, reason: "exit 65"))
        #expect(try await run(shell("exit 0") { $0.exits = exits }) == .completed(result: nil))
    }

    @Test("A timeout is a failure, not a crash")
    func timeout() async throws {
        let outcome = try await run(shell("exec sleep 60") { $0.timeout = .milliseconds(50) })
        guard case .retry(after: nil, let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.hasPrefix("timed out after "))
    }

    @Test("A command that is missing is retried, an unsafe name is dead at once")
    func notRun() async throws {
        #expect(
            try await run(function(["/no/such/command"]))
                == .retry(after: nil, reason: "/no/such/command does not exist"))
        #expect(FunctionOutcome.outcome(of: FunctionError(.unsafeInput, "x")) == .dead(reason: "x"))
    }

    @Test("Log and progress reach the job, a note alone keeps the progress")
    func reports() async throws {
        let script = """
            echo "$STINT_QUEUE $STINT_ATTEMPT $STINT_FENCE $STINT_IDEMPOTENCY_KEY ${STINT_MAX_ATTEMPTS-none}" >&2
            echo '{"progress":0.5}' >&3; echo '{"note":"page 3"}' >&3; head -c 20 /dev/zero
            """
        _ = try await run(shell(script) { $0.resultBound = 16 })
        #expect(
            control.lines.all == [
                "mail 2 7 mail/job-1 none", "[stint: the oldest 4 bytes of the result were dropped]",
            ])
        #expect(control.progress.all == ["0.5 -", "0.5 page 3"])
    }

    @Test("A cancelled handler throws once its process is gone")
    func cancelled() async throws {
        let definition = try shell("echo $$ >&2; exec sleep 300")
        let task = Task { try await run(definition) }
        #expect(try await eventually { !control.lines.all.isEmpty })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!isAlive(try #require(Int32(control.lines.all[0]))))
    }
}
