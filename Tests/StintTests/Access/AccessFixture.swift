// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Testing

@testable import Stint

/// A private Redis with the users that Stint writes, each with the password `pw`.
struct AccessFixture: Sendable {
    let redis: PrivateRedis
    let admin: RedisNode

    /// The lines of the users, as an operator completes them; with one more user that has all roles.
    static func userLines(fsync: Bool = false) throws -> [String] {
        let all = try AccessRules(Set(AccessRole.allCases), user: "stint-all")
        return try AccessRole.allCases.map { try line(AccessRules([$0], allowsFsync: fsync)) } + [line(all)]
    }

    static func line(_ rules: AccessRules) -> String { rules.line.replacing(AccessRules.placeholder, with: ">pw") }

    static func with(_ options: [String] = [], _ body: (AccessFixture) async throws -> Void) async throws {
        try await ServerSlots.shared.run {
            let redis = try await PrivateRedis.start(extraConfiguration: try userLines() + options)
            let admin = node(redis)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(AccessFixture(redis: redis, admin: admin)))
            } catch {
                result = .failure(error)
            }
            await admin.shutdown()
            redis.kill()
            try result.get()
        }
    }

    private static func node(_ redis: PrivateRedis, user: String? = nil) -> RedisNode {
        var configuration = redis.configuration
        configuration.username = user
        configuration.password = user == nil ? nil : "pw"
        return RedisNode(
            configuration: configuration, reactor: NIOReactor(), random: SystemRandom(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a body with a client of a user.
    func withClient(_ user: String, _ body: (StintClient) async throws -> Void) async throws {
        let client = try StintClient(
            .init(redis: "redis+unix://\(user):pw@\(redis.socketPath)"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try result.get()
    }

    /// Runs a body with a bare connection of a user.
    func withNode(_ user: String, _ body: (RedisNode) async throws -> Void) async throws {
        let node = Self.node(redis, user: user)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(node))
        } catch {
            result = .failure(error)
        }
        await node.shutdown()
        try result.get()
    }

    @discardableResult
    func command(_ name: String, _ arguments: [String]) async throws -> RedisValue {
        try await admin.commands.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }

    /// What Redis has refused to any user, each as reason, place and object.
    func refusals() async throws -> [String] { try await Self.refusals(admin.commands) }

    static func refusals(_ server: any RedisTransport) async throws -> [String] {
        let log = try await server.send(RedisCommand("ACL", "LOG"), timeout: .seconds(60)).arrayValue ?? []
        return log.map { entry in
            let parts = (entry.arrayValue ?? []).map { $0.string ?? "" }
            return ["username", "reason", "context", "object"].compactMap { name in
                parts.firstIndex(of: name).map { parts[$0 + 1] }
            }.joined(separator: " ")
        }
    }
}
