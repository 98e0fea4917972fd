// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Logging
import Stint
import StintCrypto
import StintRedis
import StintTesting
import Synchronization
import Testing

/// A private Redis and clients on it with different keys.
struct SealedBench: Sendable {
    let stint: TestStint
    var client: StintClient { stint.client }

    static func with(
        _ sealing: Sealing? = nil, configure: (inout StintClient.Configuration) -> Void = { _ in },
        _ body: (SealedBench) async throws -> Void
    ) async throws {
        try await withStint(sealing: sealing ?? TestKeys.sealing(), configure: configure) {
            try await body(SealedBench(stint: $0))
        }
    }

    /// Runs a body with another client.
    func other<Value>(
        _ sealing: Sealing?, namespace: String = "stint", _ body: (StintClient) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "stint.test")
        logger.logLevel = .critical
        let client = try StintClient(.init(redis: stint.url, namespace: namespace), sealing: sealing, logger: logger)
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Runs everything that is ready, and returns the payloads that a handler was given.
    @discardableResult
    func work(
        _ client: StintClient? = nil, queue: String = "default",
        _ body: @escaping Handle.Body = { _, _ in .completed }
    ) async throws -> [[UInt8]] {
        let seen = SeenPayloads()
        var options = WorkerOptions()
        options.stopsWhenEmpty = true
        let worker = try Worker(client ?? self.client, queues: [.init(queue)], slots: 2, options: options) {
            Handle(raw: "*") { payload, context in
                seen.add(payload)
                return try await body(payload, context)
            }
        }
        try await worker.run()
        return seen.all
    }

    func command(_ name: String, _ arguments: [[UInt8]]) async throws -> RedisValue {
        try await client.core.send(RedisCommand(name, arguments))
    }

    /// Whether a text stands anywhere in Redis.
    func redisHolds(_ text: String) async throws -> Bool {
        let snapshot = try await RedisSnapshot.take(from: client.core.transport)
        return snapshot.keys.contains { key, contents in
            key.contains(text) || contents.texts.contains { $0.contains(text) }
        }
    }
}

/// What handlers were given, from whichever task.
final class SeenPayloads: Sendable {
    private let payloads = Mutex<[[UInt8]]>([])

    var all: [[UInt8]] { payloads.withLock { $0 } }

    func add(_ payload: [UInt8]) { payloads.withLock { $0.append(payload) } }
}

extension RedisSnapshot.Contents {
    fileprivate var texts: [String] {
        switch self {
        case .string(let bytes): [String(decoding: bytes, as: UTF8.self)]
        case .hash(let fields): fields.flatMap { [$0.key, String(decoding: $0.value, as: UTF8.self)] }
        case .list(let entries): entries
        case .set(let members): Array(members)
        case .sortedSet(let scores): Array(scores.keys)
        case .stream(let entries): entries.flatMap(\.self)
        }
    }
}
#endif
