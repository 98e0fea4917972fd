// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@testable import Stint

/// A server that can be brought into every state, a client on it, and what the client logs.
struct ErrorBench: Sendable {
    let redis: PrivateRedis
    let admin: RedisNode
    let client: StintClient
    let log: LogBook

    static func with(
        _ options: [String] = [], user: String = "", change: (inout StintClient.Configuration) -> Void = { _ in },
        _ body: (ErrorBench) async throws -> Void
    ) async throws {
        try await ServerSlots.shared.run {
            let redis = try await PrivateRedis.start(extraConfiguration: options)
            let log = LogBook()
            var configuration = StintClient.Configuration(redis: "redis+unix://\(user)\(redis.socketPath)")
            change(&configuration)
            let client = try StintClient(configuration, logger: log.logger)
            let admin = RedisNode(
                configuration: redis.configuration, reactor: NIOReactor(), random: SystemRandom(),
                logger: LogBook().logger)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(ErrorBench(redis: redis, admin: admin, client: client, log: log)))
            } catch {
                result = .failure(error)
            }
            await admin.shutdown()
            await client.shutdown()
            redis.kill()
            try result.get()
        }
    }

    @discardableResult
    func command(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await admin.commands.send(RedisCommand(name, arguments), timeout: .seconds(60))
    }

    /// How often Redis has answered with an error of this code.
    func count(of code: String) async throws -> Int {
        try await number("errorstats", "errorstat_\(code):count=")
    }

    /// How often Redis has refused a script before it ran.
    func refusedScripts() async throws -> Int {
        let text = try await command("INFO", "commandstats").string ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_evalsha:") } ?? ""
        let calls = line.split(separator: ",").filter {
            $0.hasPrefix("rejected_calls=") || $0.hasPrefix("failed_calls=")
        }
        return calls.reduce(0) { $0 + (Int($1.drop { $0 != "=" }.dropFirst()) ?? 0) }
    }

    private func number(_ section: String, _ prefix: String) async throws -> Int {
        let text = try await command("INFO", section).string ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(prefix) }
        return line.flatMap { Int($0.dropFirst(prefix.count)) } ?? 0
    }

    /// Enqueues while Redis answers so, and once it no longer does the call must have been carried out, once.
    func outlasts(
        _ code: String, times: Int = 2, enter: () async throws -> Void, leave: () async throws -> Void
    ) async throws {
        let client = client
        try await client.enqueue(name: "before", payload: [])
        try await enter()
        async let receipt = client.enqueue(name: "n", payload: [])
        try await eventually("Redis answers \(code)") { try await count(of: code) >= times }
        try await leave()
        #expect(try await receipt.isNew)
        #expect(try await client.inspector.queue("default").ready == 2)
    }
}
