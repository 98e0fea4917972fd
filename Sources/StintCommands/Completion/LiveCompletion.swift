// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging
import Stint
import StintFunctions

/// Completes what only Redis knows, for the scripts of `stint completion`.
///
/// A shell waits for the answer at each press of its key: what Redis has not said within 150 ms is left out, and what
/// stint.yaml says is offered. A private Redis is asked if it runs and never started.
enum LiveCompletion {
    /// What is completed.
    enum Subject: Sendable { case queues, jobs, nodes }

    /// Names of queues.
    static var queues: CompletionKind { kind(.queues) }
    /// Names of jobs: those of functions, and of jobs that are there.
    static var jobs: CompletionKind { kind(.jobs) }
    /// Ids of workers.
    static var nodes: CompletionKind { kind(.nodes) }

    private static let patience = Duration.milliseconds(150)

    private static func kind(_ subject: Subject) -> CompletionKind {
        .custom { words, _, _ in await names(subject, words) }
    }

    private static func names(_ subject: Subject, _ words: [String]) async -> [String] {
        let invocation = Invocation.current
        let flags = flags(in: words)
        guard
            let configuration = try? Configuration.load(
                flags: flags, environment: invocation.environment, from: invocation.directory)
        else { return [] }
        let found = await within(patience) { await ask(subject, configuration, invocation) }
        return Set((found ?? []) + known(subject, configuration)).filter(isPlain).sorted()
    }

    /// Whether a shell takes a name for nothing but itself.
    ///
    /// The script for bash hands the names to `compgen -W`, which expands `$(…)` in them: a job's name, which anybody who
    /// enqueues chooses, must not become a command of whoever presses the key.
    static func isPlain(_ name: String) -> Bool {
        !name.hasPrefix("-")
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "._:/@+-".utf8.contains(byte)
            }
    }

    /// The options of the command line that say which Redis is meant.
    private static func flags(in words: [String]) -> [SettingKey: String] {
        var flags: [SettingKey: String] = [:]
        for (option, key) in [("--redis", SettingKey.redis), ("--namespace", .namespace), ("--data", .data)] {
            if let index = words.lastIndex(of: option), index + 1 < words.count { flags[key] = words[index + 1] }
        }
        return flags
    }

    /// What stint.yaml says.
    private static func known(_ subject: Subject, _ configuration: Configuration) -> [String] {
        switch subject {
        case .queues: FunctionWorker.queues(of: configuration).map(\.name)
        case .jobs: configuration.functions.map(\.pattern.description).filter { !$0.hasSuffix("*") }
        case .nodes: []
        }
    }

    private static func ask(
        _ subject: Subject, _ configuration: Configuration, _ invocation: Invocation
    ) async -> [String]? {
        let url: String
        if let (named, _) = configuration.redis {
            url = named
        } else {
            let embedded = EmbeddedRedis(EmbeddedLocation(configuration, in: invocation))
            guard EmbeddedConnection(socketPath: embedded.socketPath)?.ping() == .ready else { return nil }
            url = embedded.url
        }
        let client = try? StintClient(
            .init(
                redis: url, namespace: configuration[.namespace].value ?? "stint",
                passwordFile: configuration[.passwordFile].value, clientName: "stint-completion"),
            logger: Logger(label: "stint") { _ in SwiftLogNoOpLogHandler() })
        guard let client else { return nil }
        let names = try? await names(subject, client)
        await client.shutdown()
        return names
    }

    private static func names(_ subject: Subject, _ client: StintClient) async throws -> [String] {
        try await client.connect(limit: .zero)
        let inspector = client.inspector
        switch subject {
        case .queues: return try await inspector.queueNames()
        case .nodes: return Workforce(try await inspector.nodes()).alive.map(\.id)
        case .jobs:
            // There is no index of names: those of the newest jobs must do.
            var names: Set<String> = []
            for queue in try await inspector.queueNames().sorted().prefix(20) {
                for state in [JobState.ready, .delayed, .dead] {
                    let page = try await inspector.jobs(queue: queue, state: state, limit: 50, newestFirst: true)
                    names.formUnion(page.jobs.map(\.name))
                }
            }
            return Array(names)
        }
    }

    /// Returns what the body returns, or nil if the time passes first.
    private static func within<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async -> Value?
    ) async -> Value? {
        let (stream, continuation) = AsyncStream.makeStream(of: Value?.self)
        let work = Task { continuation.yield(await body()) }
        let timer = Task {
            try? await Task.sleep(for: limit)
            continuation.yield(nil)
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        var iterator = stream.makeAsyncIterator()
        return await iterator.next() ?? nil
    }
}
