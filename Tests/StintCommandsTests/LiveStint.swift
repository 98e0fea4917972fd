// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import StintCommands
import StintRedis
import StintTesting
import Testing

/// A private Redis, a client on it, and the command line in process on the same Redis.
struct LiveStint {
    let stint: TestStint
    let folder: String

    var client: StintClient { stint.client }

    static func with(maxPayloadBytes: Int = 1 << 20, _ body: (LiveStint) async throws -> Void) async throws {
        try await withFolder { folder in
            try await withStint(configure: { $0.maxPayloadBytes = maxPayloadBytes }) {
                try await body(LiveStint(stint: $0, folder: folder))
            }
        }
    }

    /// Runs a command line.
    ///
    /// - Parameters:
    ///   - forced: A width for `STINT_FORCE_TTY`; `nil` for pipes.
    ///   - meanwhile: Other command lines, each run in a process of its own while this one asks.
    func run(
        _ words: String..., forced: Int? = nil, input: String = "", canAsk: Bool = false,
        sink: MemorySink = MemorySink(), meanwhile: [[String]] = []
    ) async -> CommandRun {
        await run(words: words, forced: forced, input: input, canAsk: canAsk, sink: sink, meanwhile: meanwhile)
    }

    func run(
        words: [String], forced: Int? = nil, input: String = "", canAsk: Bool = false, sink: MemorySink = MemorySink(),
        meanwhile: [[String]] = []
    ) async -> CommandRun {
        var environment = [
            "STINT_REDIS_URL": stint.url, "XDG_STATE_HOME": folder, "HOME": folder, "NO_COLOR": "1", "USER": "wang",
        ]
        environment["STINT_FORCE_TTY"] = forced.map { "\($0)" }
        let errors = MemorySink()
        var invocation = Invocation.process
        invocation.environment = environment
        invocation.directory = folder
        invocation.arguments = words
        invocation.terminalName = "test"
        invocation.output = .init(isTerminal: false)
        invocation.errors = .init(isTerminal: false)
        invocation.measureOutput = nil
        invocation.canAsk = canAsk
        invocation.outputSink = sink
        invocation.errorSink = errors
        invocation.readInput = { [environment] in
            for words in meanwhile { Self.runProcess(words, environment) }
            return InputLines(bytes: Array(input.utf8))
        }
        invocation.pause = { try await Task.sleep(for: min($0, .milliseconds(60))) }
        invocation.timeZone = .gmt
        let status = await CommandRunner.run(invocation)
        return CommandRun(status: status, output: sink.text, errors: errors.text)
    }

    /// Sends a command past the library.
    func redis(_ name: String, _ arguments: String...) async throws {
        _ = try await client.core.transport.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }

    /// Runs the built command and waits for its end; it needs nothing of this process, whose thread waits here.
    private static func runProcess(_ words: [String], _ environment: [String: String]) {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/stint")
        process.arguments = words
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        } catch {
            Issue.record(error)
        }
    }

    /// Runs a command line with `--json` and decodes each line.
    func json(_ words: String...) async throws -> [[String: Any]] {
        let run = await run(words: words + ["--json"])
        #expect(run.status == .ok, "\(run.errors)")
        return try run.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    /// Enqueues a job under an id of its own.
    @discardableResult
    func enqueue(
        _ id: String, name: String = "mail.send", payload: String = "{}", queue: String = "mail",
        delay: Duration? = nil,
        tags: [String: String]? = nil, unique: UniqueKey? = nil
    ) async throws -> JobID {
        try await enqueue(
            id, name: name, bytes: Array(payload.utf8), queue: queue, delay: delay, tags: tags, unique: unique)
    }

    @discardableResult
    func enqueue(
        _ id: String, name: String = "mail.send", bytes: [UInt8], queue: String = "mail", delay: Duration? = nil,
        tags: [String: String]? = nil, unique: UniqueKey? = nil, keep: Duration? = nil
    ) async throws -> JobID {
        let options = JobOptions(
            queue: queue, delay: delay, id: try JobID(id), unique: unique, retry: .never, keep: keep, tags: tags)
        return try await client.enqueue(name: name, payload: bytes, options: options).id
    }

    /// Runs what is ready in a queue, all of it, with one handler.
    func work(queue: String = "mail", logger: Logger? = nil, _ handler: @escaping Handle.Body) async throws {
        var options = WorkerOptions()
        options.stopsWhenEmpty = true
        let worker = try Worker(client, queues: [.init(queue)], slots: 4, options: options, logger: logger) {
            Handle(raw: "*", handler)
        }
        try await worker.run()
    }

    /// Makes every ready job of a queue dead.
    func kill(queue: String = "mail", reason: String = "550 no such user") async throws {
        try await work(queue: queue) { _, _ in throw JobSignal.dead(reason: reason) }
    }
}

extension CommandRun {
    /// What was printed with each length of time replaced by as many characters, so that it can be compared.
    var timeless: String {
        var text = ""
        for line in lines {
            text +=
                line.replacing(/\d+(\.\d+)?m?s/) { match in
                    String(repeating: " ", count: match.output.0.count - 1) + "T"
                } + "\n"
        }
        return text
    }
}
