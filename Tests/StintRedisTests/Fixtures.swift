// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintTesting
import Synchronization
import Testing

@testable import StintRedis

/// Runs `body` with a Redis of its own and a node connected to it.
func withRedis<Result>(
    _ extraConfiguration: [String] = [],
    appendOnly: Bool = false,
    _ body: (PrivateRedis, RedisNode) async throws -> Result
) async throws -> Result {
    try await ServerSlots.shared.run {
        try await runWithServer(extraConfiguration, appendOnly: appendOnly, body)
    }
}

private func runWithServer<Result>(
    _ extraConfiguration: [String],
    appendOnly: Bool,
    _ body: (PrivateRedis, RedisNode) async throws -> Result
) async throws -> Result {
    let redis = try await PrivateRedis.start(appendOnly: appendOnly, extraConfiguration: extraConfiguration)
    return try await withNode(redis.configuration) { node in
        let result = try await body(redis, node)
        await redis.stop()
        return result
    }
}

/// Runs `body` with a node and shuts it down.
func withNode<Result>(
    _ configuration: RedisConfiguration,
    _ body: (RedisNode) async throws -> Result
) async throws -> Result {
    let node = RedisNode(
        configuration: configuration, reactor: NIOReactor(), random: SystemRandom(),
        logger: .silent)
    do {
        let result = try await body(node)
        await node.shutdown()
        return result
    } catch {
        await node.shutdown()
        throw error
    }
}

/// Waits until `condition` holds; fails the test when it does not within `limit`.
func eventually(
    within limit: Duration = .seconds(60),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("the condition did not come true within \(limit)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// A list that any thread may append to.
final class Log<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }
    var count: Int { elements.withLock { $0.count } }

    func append(_ element: Element) {
        elements.withLock { $0.append(element) }
    }
}

extension Logger {
    /// Says nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension RedisNode {
    /// Sends a command of texts with a minute to spare.
    func run(_ name: String, _ arguments: String...) async throws(RedisFailure) -> RedisValue {
        try await commands.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }

    /// Returns the error that a command fails with.
    func failure(of name: String, _ arguments: String..., timeout: Duration = .seconds(60)) async -> RedisFailure? {
        do {
            _ = try await commands.send(RedisCommand(name, arguments), timeout: timeout)
            return nil
        } catch {
            return error
        }
    }
}
