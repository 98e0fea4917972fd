// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import StintFunctions

@Suite struct EndingTests {
    let runner = FunctionRunner()

    @Test("A run over its timeout is asked to end")
    func timeout() async throws {
        let lines = Collector<String>()
        let definition = try shell("trap 'echo bye >&2; exit 0' TERM; while :; do sleep 0.01; done") {
            // Long enough for the shell to get to its second word on any machine.
            $0.timeout = .seconds(3)
            $0.gracePeriod = .seconds(120)
        }
        let result = try await runner.run(
            definition, payload: [], environment: attempt(), onLog: { lines.add($0) })
        #expect(result.exit == .timedOut)
        #expect(lines.all.last == "bye")
        #expect(result.duration < .seconds(60))
    }

    @Test("The job's deadline ends a run as the function's own timeout does")
    func deadline() async throws {
        var environment = attempt()
        environment.deadline = Date(timeIntervalSinceNow: 0.2)
        let result = try await runner.run(try function(["sleep", "60"]), payload: [], environment: environment)
        #expect(result.exit == .timedOut)
    }

    @Test("A function that ignores SIGTERM is killed after the grace period")
    func grace() async throws {
        let definition = try shell("trap '' TERM; while :; do sleep 0.01; done") {
            $0.timeout = .seconds(3)
            $0.gracePeriod = .milliseconds(300)
        }
        let result = try await runner.run(definition)
        #expect(result.exit == .timedOut)
        #expect(result.duration >= .milliseconds(3_300))
    }

    @Test("The tree ends with the run, grandchildren that ignore SIGTERM included")
    func tree() async throws {
        try await withFolder { folder in
            let script = """
                sh -c 'trap "" TERM; echo $$ > \(folder)/grandchild; while :; do sleep 0.05; done' &
                echo $$ > \(folder)/child; wait
                """
            let definition = try shell(script) {
                $0.timeout = .seconds(3)
                $0.gracePeriod = .milliseconds(100)
            }
            #expect(try await runner.run(definition).exit == .timedOut)
            for name in ["child", "grandchild"] {
                let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                let pid = try #require(Int32(text.dropLast()))
                #expect(try await eventually { !isAlive(pid) })
            }
        }
    }

    @Test("What a finished function leaves running is killed, and its open pipes hold nothing up")
    func leftover() async throws {
        let result = try await runner.run(shell("sleep 300 & echo $!"))
        #expect(result.exit == .exited(code: 0))
        #expect(result.duration < .seconds(120))
        let pid = try #require(Int32(result.text.dropLast()))
        #expect(try await eventually { !isAlive(pid) })
    }

    @Test("A cancelled run throws, once its process is gone")
    func cancellation() async throws {
        let lines = Collector<String>()
        let definition = try shell("echo $$ >&2; exec sleep 300")
        let task = Task {
            try await runner.run(definition, payload: [], environment: attempt(), onLog: { lines.add($0) })
        }
        #expect(try await eventually { !lines.all.isEmpty })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let pid = try #require(lines.all.first.flatMap { Int32($0) })
        #expect(!isAlive(pid))
    }

    @Test("A task cancelled before it starts runs nothing")
    func cancelledBefore() async throws {
        try await withFolder { folder in
            let definition = try shell("touch \(folder)/ran")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await runner.run(definition)
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/ran"))
        }
    }

    @Test("A stopped function can be ended")
    func stopped() async throws {
        let definition = try shell("kill -STOP $$") {
            $0.timeout = .milliseconds(200)
            $0.gracePeriod = .seconds(120)
        }
        let result = try await runner.run(definition)
        #expect(result.exit == .timedOut)
        #expect(result.duration < .seconds(60))
    }

    @Test("When the worker is gone, the guard kills the groups that are left and no other")
    func orphans() async throws {
        let lines = Collector<String>()
        let survivor = Task {
            try await runner.run(
                try shell("echo $$ >&2; exec sleep 300") { $0.timeout = .seconds(200) }, payload: [],
                environment: attempt(), onLog: { lines.add($0) })
        }
        let orphan = Task {
            try await runner.run(
                try shell("echo $$ >&2; trap '' TERM; sleep 300") { $0.timeout = .seconds(200) }, payload: [],
                environment: attempt(), onLog: { lines.add("-" + $0) })
        }
        #expect(try await eventually { lines.all.count == 2 })
        let kept = try #require(lines.all.first { !$0.hasPrefix("-") })
        let left = try #require(lines.all.first { $0.hasPrefix("-") }?.dropFirst())
        // The guard's script sees the end of its input, as it does when the worker's end of the pipe closes.
        _ = try await runner.run(shell(OrphanGuard.script), "+ \(kept)\n+ \(left)\n- \(kept)\n")
        #expect(try await orphan.value.exit == .signalled(9))
        #expect(isAlive(try #require(Int32(kept))))
        survivor.cancel()
        _ = await survivor.result
    }

    @Test("200 runs at once leave no descriptor open")
    func manyRuns() async throws {
        let warm = try await runner.run(shell("true"))
        #expect(warm.exit == .exited(code: 0))
        func ours() throws -> Int {
            // Pipes and pidfds only: other tests of this process open other things.
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
        let before = try ours()
        let definition = try shell("read -r line; echo \"$line\"; echo log >&2; echo '{\"progress\":1}' >&3")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let result = try await runner.run(
                        definition, payload: Array("\(number)\n".utf8), environment: attempt())
                    #expect(result.text == "\(number)\n")
                }
            }
            try await group.waitForAll()
        }
        // Tests that run beside this one hold some for a while.
        #expect(try await eventually { ((try? ours()) ?? .max) <= before + 20 })
    }
}
