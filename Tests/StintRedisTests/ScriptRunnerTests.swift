// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct ScriptRunnerTests {
    private func script(_ source: String, _ node: RedisNode) async throws -> RedisScript {
        let digest = try await node.run("EVAL", "return redis.sha1hex(ARGV[1])", "0", source)
        return RedisScript(name: "test", source: source, sha1: try #require(digest.string))
    }

    @Test("A script that Redis does not know is sent once and known from then on")
    func loads() async throws {
        try await withRedis { _, node in
            let script = try await script("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}", node)
            let runner = ScriptRunner(transport: node.commands)
            for count in 1...3 {
                let reply = try await runner.run(script, keys: ["k"], arguments: [[0, 255]], timeout: .seconds(60))
                #expect(reply == .array([.text("k"), .bytes([0, 255]), .integer(Int64(count))]))
            }
            let statistics = try await node.run("INFO", "commandstats").string ?? ""
            // One EVAL computed the digest, the other loaded the script.
            #expect(statistics.contains("cmdstat_eval:calls=2,") && statistics.contains("cmdstat_evalsha:calls=3,"))
        }
    }

    @Test("In a pipeline only the refused calls are repeated, and each runs once")
    func pipeline() async throws {
        try await withRedis { _, node in
            let node = node
            let script = try await script("return redis.call('INCR', KEYS[1])", node)
            let runner = ScriptRunner(transport: node.commands)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        _ = try await runner.run(script, keys: ["counter"], arguments: [], timeout: .seconds(60))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await node.run("GET", "counter") == .text("200"))
        }
    }

    @Test("An error in a script is the caller's to see")
    func fails() async throws {
        try await withRedis { _, node in
            let script = try await script("return redis.error_reply('QUEUEFULL no room')", node)
            let runner = ScriptRunner(transport: node.commands)
            await #expect(throws: RedisFailure.server(RedisServerError(code: "QUEUEFULL", message: "no room"))) {
                try await runner.run(script, keys: [[UInt8]](), arguments: [], timeout: .seconds(60))
            }
        }
    }

    @Test("A transport that keeps answering NOSCRIPT is asked twice, not for ever")
    func stubborn() async throws {
        let transport = RefusingTransport()
        let runner = ScriptRunner(transport: transport)
        let script = RedisScript(name: "test", source: "return 1", sha1: "0")
        await #expect(throws: RedisFailure.self) {
            try await runner.run(script, keys: ["k"], arguments: [], timeout: .seconds(60))
        }
        #expect(transport.names.all == ["EVALSHA", "EVAL"])
    }
}

private final class RefusingTransport: RedisTransport {
    let names = Log<String>()

    func send(
        _ command: RedisCommand,
        timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        names.append(command.name)
        completion(.failure(.server(RedisServerError(code: "NOSCRIPT", message: "No matching script."))))
    }
}
