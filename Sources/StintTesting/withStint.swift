// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
public import Stint
import StintRedis

/// Runs a test with a client on a Redis of its own, started in some tens of milliseconds and gone afterwards.
///
/// ```swift
/// @Test func aReceiptIsSent() async throws {
///     try await withStint { stint in
///         try await stint.client.enqueue(SendReceipt(orderID: 7))
///         #expect(try await stint.enqueued(SendReceipt.self).map(\.orderID) == [7])
///     }
/// }
/// ```
///
/// It needs a `redis-server` of version 7.0 or newer in the `PATH`.
///
/// - Parameters:
///   - namespace: The namespace of the client.
///   - sealing: How the client seals what jobs carry; not at all if left out.
///   - redisOptions: More lines of redis.conf, such as `maxmemory 8mb`.
///   - configure: Changes the client's configuration.
///   - body: The test.
public func withStint<Value>(
    namespace: String = "stint", sealing: Sealing? = nil, redisOptions: [String] = [],
    configure: (inout StintClient.Configuration) -> Void = { _ in },
    _ body: (TestStint) async throws -> Value
) async throws -> Value {
    try await ServerSlots.shared.run {
        try await runWithServer(
            namespace: namespace, sealing: sealing, redisOptions: redisOptions, configure: configure, body)
    }
}

private func runWithServer<Value>(
    namespace: String, sealing: Sealing?, redisOptions: [String], configure: (inout StintClient.Configuration) -> Void,
    _ body: (TestStint) async throws -> Value
) async throws -> Value {
    let redis = try await PrivateRedis.start(extraConfiguration: redisOptions)
    var configuration = StintClient.Configuration(redis: redis.url, namespace: namespace)
    configure(&configuration)
    var logger = Logger(label: "stint.test")
    logger.logLevel = .critical
    let result: Result<Value, any Error>
    do {
        let client = try StintClient(configuration, sealing: sealing, logger: logger)
        do {
            result = .success(try await body(TestStint(client: client, url: redis.url, redis: redis)))
        } catch {
            result = .failure(error)
        }
        // A server that the test has stopped would keep pending calls waiting.
        if redis.pid != nil { await client.shutdown() }
    } catch {
        result = .failure(error)
    }
    redis.kill()
    return try result.get()
}
