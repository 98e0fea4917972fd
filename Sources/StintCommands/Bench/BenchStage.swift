// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions
import StintRedis

/// Where a benchmark runs: a Redis that was named, or a private one for this benchmark alone, and in it a namespace
/// that nobody else uses and that is gone afterwards.
struct BenchStage: Sendable {
    static let queue = "bench"

    /// The names of so many queues.
    static func queues(_ count: Int) -> [String] {
        [queue] + (1..<max(1, count)).map { "\(queue)-\($0)" }
    }

    let target: RedisTarget
    private let server: PrivateRedis?

    /// Runs the body and cleans up after it, also when it is cancelled.
    static func with<Result: Sendable>(
        redis: String?, on console: Console,
        _ body: @escaping @Sendable (BenchStage) async throws -> Result
    ) async throws -> Result {
        let stage = try await BenchStage(redis: redis, on: console)
        do {
            let result = try await SignalWatch.cancelling { try await body(stage) }
            try await stage.cleanUp(on: console)
            return result
        } catch {
            try await stage.cleanUp(on: console)
            guard let error = error as? StintError else { throw error }
            throw stage.target.failure(error)
        }
    }

    private init(redis: String?, on console: Console) async throws {
        try RedisTarget.refusePassword(in: redis)
        var flags: [SettingKey: String] = [:]
        flags[.redis] = redis
        let configuration = try Configuration.load(flags, in: .current)
        let namespace = "bench-" + String(UInt64.random(in: .min ... .max), radix: 36)
        if let (url, source) = configuration.redis {
            server = nil
            target = RedisTarget(
                url: url, namespace: namespace, source: source, configuration: configuration, embedded: nil, hold: nil)
        } else {
            let server = try await Self.startServer()
            self.server = server
            target = RedisTarget(
                url: server.url, namespace: namespace, source: nil, configuration: configuration, embedded: nil,
                hold: nil)
        }
        let place = server == nil ? target.endpoint : "a Redis of its own that is gone afterwards"
        console.talk("measuring on \(place), in the namespace \(namespace)")
    }

    private static func startServer() async throws -> PrivateRedis {
        do {
            return try await PrivateRedis.start(appendOnly: true)
        } catch {
            throw CommandFailure(
                .unreachable, "a Redis for the benchmark cannot be started: \(error.message)",
                hints: [.init("Use one that runs:", Invocation.current.retyped(with: "--redis", "redis://HOST:PORT"))])
        }
    }

    /// A client of its own, connected.
    func connect(on console: Console) async throws -> StintClient {
        try await target.connect(on: console)
    }

    private func cleanUp(on console: Console) async throws {
        if let server { return await server.stop() }
        let client = try target.makeClient(on: console)
        do {
            try await client.core.removeNamespace()
        } catch {
            console.warn("the namespace \(target.namespace) could not be removed: \(error.message)")
        }
        await client.shutdown()
    }
}
