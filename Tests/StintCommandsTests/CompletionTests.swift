// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import Testing

/// What the scripts of `stint completion` offer, as a shell asks for it.
@Suite struct CompletionTests {
    private static let executable = (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/stint"

    /// Lets bash complete the last of the words.
    private func complete(_ words: String..., in stint: Workshop, environment extra: [String: String] = [:]) throws
        -> [String]
    {
        let script = """
            source <("$1" completion bash)
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
            _stint "$1" "${COMP_WORDS[$COMP_CWORD]}" "${COMP_WORDS[$((COMP_CWORD - 1))]}"
            printf '%s\n' "${COMPREPLY[@]}"
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["bash", "-c", script, "bash", Self.executable] + words
        process.environment = stint.environment.merging(extra) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: stint.folder)
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("bash completes the queues of Redis and of stint.yaml, jobs and workers")
    func live() async throws {
        try await withWorkshop { stint async throws in
            _ = await stint("enqueue", "payments.refund", "--queue", "urgent")
            try await stint.serving("urgent") {
                let node = try #require(try await stint.inspector.nodes().first?.id)
                // Redis has 150 ms to answer, which a busy machine may need several times.
                try await soon { try complete("queue", "show", "", in: stint) == ["default", "mail", "urgent"] }
                try await soon { try complete("queue", "pause", "u", in: stint) == ["urgent"] }
                try await soon { try complete("enqueue", "pay", in: stint) == ["payments.refund"] }
                try await soon { try complete("job", "ls", "--name", "pay", in: stint) == ["payments.refund"] }
                try await soon { try complete("worker", "show", "", in: stint).contains(node) }
            }
        }
    }

    @Test("A name in which a shell would find a command is not offered")
    func hostileNames() async throws {
        try await withWorkshop { stint async throws in
            for (name, queue) in [
                ("pay$(touch pwned)", "a"), ("pay`touch pwned`", "b"), ("pay me", "c"), ("pay'", "d"),
            ] {
                let run = await stint("enqueue", name, "--queue", queue)
                #expect(run.status == .ok, "\(run.errors)")
            }
            _ = await stint("enqueue", "pay.plain")
            try await soon { try complete("enqueue", "pay", in: stint) == ["pay.plain"] }
            #expect(!FileManager.default.fileExists(atPath: stint.folder + "/pwned"))
        }
    }

    @Test("Where no Redis answers, what stint.yaml says is offered, and no Redis is started")
    func fallback() async throws {
        try await withWorkshop { stint async throws in
            let peer = try FakeRedis(in: stint.folder, info: nil)
            defer { peer.stop() }
            for url in ["redis+unix:///nonexistent/s", "redis+unix://\(peer.socketPath)", ""] {
                let offered = try complete(
                    "enqueue", "--queue", "", in: stint, environment: ["STINT_REDIS_URL": url])
                #expect(offered == ["default", "mail"], "\(url)")
                let names = try complete("run", "h", in: stint, environment: ["STINT_REDIS_URL": url])
                #expect(names == ["hello"], "\(url)")
            }
            #expect(!FileManager.default.fileExists(atPath: stint.folder + "/.stint"))
        }
    }

    @Test("The script is one that bash understands")
    func syntax() async throws {
        try await withFolder { folder async throws in
            let path = folder + "/stint.bash"
            try await CommandRun.stint(["completion", "bash"]).output
                .write(toFile: path, atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["bash", "-n", path]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    private func soon(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
