// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintRedis
import StintTesting

/// A folder with functions and a Redis of its own, and commands that are run there in process.
struct Workshop: Sendable {
    static let functions = """
        functions:
          hello: {sh: 'jq -r "\\"hello \\" + .name"'}
          cat:   {sh: 'cat'}
          count: {sh: 'wc -c'}
          fail:  {sh: 'echo "no such user" >&2; exit 65'}
          logs:  {sh: 'for i in 1 2 3; do echo "line $i" >&2; done; echo end'}
          slow:  {sh: 'sleep 60'}
          mail:  {sh: 'cat', queue: mail, timeout: 30s, attempts: 3}

        """

    let client: StintClient
    let redis: PrivateRedis
    let folder: String

    var inspector: Inspector { client.inspector }

    var environment: [String: String] {
        [
            "STINT_REDIS_URL": redis.url, "HOME": folder, "XDG_STATE_HOME": folder + "/state",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
    }

    /// Runs a command line in the folder.
    @discardableResult
    func callAsFunction(
        _ words: String..., input: String = "", terminal: Int? = nil, sink: MemorySink = MemorySink(),
        environment extra: [String: String] = [:]
    ) async -> CommandRun {
        await .stint(
            words, terminal: terminal, environment: environment.merging(extra) { $1 }, input: input,
            directory: folder, sink: sink)
    }

    /// Runs a body while a worker serves a queue and runs nothing.
    func serving(_ queue: String, _ body: () async throws -> Void) async throws {
        let worker = try Worker(client, queues: [.init(queue)], slots: 1) {
            Handle(raw: "none") { _, _ in .completed }
        }
        worker.quiet()
        let task = Task { try await worker.run() }
        do {
            let deadline = ContinuousClock.now + .seconds(60)
            while try await inspector.nodes().isEmpty, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await body()
        } catch {
            worker.drain()
            _ = await task.result
            throw error
        }
        worker.drain()
        try await task.value
    }

    /// Writes a file into the folder.
    func write(_ name: String, _ text: String) throws { try write(name, bytes: Array(text.utf8)) }

    func write(_ name: String, bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    /// All jobs of a queue in one state, oldest first.
    func jobs(_ queue: String = "default", _ state: JobState = .ready) async throws -> [JobDetails] {
        var jobs: [JobDetails] = []
        for summary in try await inspector.jobs(queue: queue, state: state, limit: 500).jobs {
            if let details = try await inspector.job(summary.id, queue: queue) { jobs.append(details) }
        }
        return jobs
    }

    /// Their payloads as text.
    func payloads(_ queue: String = "default", _ state: JobState = .ready) async throws -> [String] {
        try await jobs(queue, state).map { String(decoding: $0.payload, as: UTF8.self) }
    }
}

/// Runs a body with a workshop.
func withWorkshop(
    yaml: String? = Workshop.functions, redisOptions: [String] = [], _ body: (Workshop) async throws -> Void
) async throws {
    try await ServerSlots.shared.run { try await runWithServer(yaml: yaml, redisOptions: redisOptions, body) }
}

private func runWithServer(
    yaml: String?, redisOptions: [String], _ body: (Workshop) async throws -> Void
) async throws {
    try await withFolder { folder async throws in
        let redis = try await PrivateRedis.start(extraConfiguration: redisOptions)
        defer { redis.kill() }
        let logger = Invocation.current.console(verbosity: -1).logger
        let client = try StintClient(.init(redis: redis.url), logger: logger)
        let workshop = Workshop(client: client, redis: redis, folder: folder)
        if let yaml { try workshop.write("stint.yaml", yaml) }
        // Ends the search for stint.yaml at this folder.
        try workshop.write(".git", "")
        do {
            try await body(workshop)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }
}
