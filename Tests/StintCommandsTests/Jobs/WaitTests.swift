// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import Testing

@Suite struct WaitTests {
    /// Runs a command while a worker runs one job.
    private func beside(_ stint: Workshop, _ command: () async -> CommandRun) async -> CommandRun {
        async let worker = stint("work", "--once", "-q")
        let run = await command()
        _ = await worker
        return run
    }

    @Test("--wait prints the result bit for bit; talk stays on stderr")
    func result() async throws {
        try await withWorkshop { stint async throws in
            let hello = await beside(stint) { await stint("enqueue", "hello", #"{"name": "Wang"}"#, "--wait") }
            #expect(hello.output == "hello Wang\n")
            #expect(hello.status == .ok)
            let bytes: [UInt8] = [0xff, 0, 0x1b, 0x5b, 0x32, 0x4a]
            try stint.write("bytes", bytes: bytes)
            let sink = MemorySink()
            _ = await beside(stint) { await stint("enqueue", "cat", "@bytes", "--raw", "--wait", sink: sink) }
            #expect(sink.bytes == bytes)
            let terminal = await beside(stint) {
                await stint("enqueue", "cat", "@bytes", "--raw", "--wait", terminal: 80)
            }
            #expect(terminal.output == "\\xff\\u{0}\\u{1b}[2J\n")
        }
    }

    @Test("A job that fails ends --wait with 1 and says why")
    func failure() async throws {
        try await withWorkshop { stint async throws in
            let run = await beside(stint) { await stint("enqueue", "fail", "--wait") }
            #expect(run.status == .failed)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("is dead after 1 attempt: exit 65: no such user\n"))
            #expect(run.errors.contains("All of it:   stint job show "))
        }
    }

    @Test("--wait-timeout ends the waiting with 124 and leaves the job")
    func timeout() async throws {
        try await withWorkshop { stint async throws in
            let run = await stint("enqueue", "hello", "--wait", "--wait-timeout", "50ms")
            #expect(run.status == .timedOut)
            #expect(run.errors.contains("has not ended within 50ms; it goes on"))
            #expect(try await stint.jobs().count == 1)
        }
    }

    @Test("--follow prints the log on stderr and the result on stdout")
    func follow() async throws {
        try await withWorkshop { stint async throws in
            let run = await beside(stint) { await stint("enqueue", "logs", "--follow") }
            #expect(run.output == "end\n")
            #expect(run.errors.contains("line 1\nline 2\nline 3\n"))
        }
    }

    @Test("--wait --json is one document with the result in it")
    func json() async throws {
        try await withWorkshop { stint async throws in
            let run = await beside(stint) { await stint("enqueue", "cat", "[9007199254740993]", "--wait", "--json") }
            #expect(run.lines.count == 1)
            #expect(run.output.contains(#""state":"completed","attempts":1,"result":[9007199254740993]}"#))
        }
    }
}
