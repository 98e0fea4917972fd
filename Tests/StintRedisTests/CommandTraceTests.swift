// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintTesting
import Testing

@testable import StintRedis

@Suite struct CommandTraceTests {
    private struct Recorder: LogHandler {
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level
        let lines: Log<String>

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard event.level == .trace else { return }
            let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }
            lines.append(facts.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
        }
    }

    @Test("Each command is logged with its key and its time, and without what stands behind the key")
    func lines() async throws {
        let lines = try await trace(level: .trace)
        #expect(lines.count == 4, "\(lines)")
        #expect(lines[0].wholeMatch(of: /redis\.command=SET redis\.key=k redis\.ms=\d+\.\d{3}/) != nil, "\(lines[0])")
        // Redis does not know the script yet, so it is asked twice.
        #expect(lines[1].contains("redis.command=answer redis.error=NOSCRIPT redis.key=q:jobs"))
        #expect(lines[2].wholeMatch(of: /redis\.command=answer redis\.key=q:jobs redis\.ms=\d+\.\d{3}/) != nil)
        #expect(lines[3].contains("redis.command=NOPE redis.error=ERR redis.key=x"))
        #expect(lines.allSatisfy { !$0.contains("s3cret") })
    }

    @Test("Nothing is logged below the level of a trace")
    func quiet() async throws {
        #expect(try await trace(level: .debug).isEmpty)
    }

    @Test("What may be a secret is no subject")
    func subjects() {
        #expect(RedisCommand("AUTH", "s3cret").subject == nil)
        #expect(RedisCommand("PING").subject == nil)
        #expect(RedisCommand("GET", [Array("a\r\nb".utf8)]).subject == "a\r\nb")
    }

    private func trace(level: Logger.Level) async throws -> [String] {
        let log = Log<String>()
        try await ServerSlots.shared.run {
            let redis = try await PrivateRedis.start()
            let node = RedisNode(
                configuration: redis.configuration, reactor: NIOReactor(), random: SystemRandom(),
                logger: Logger(label: "test") { _ in Recorder(logLevel: level, lines: log) })
            _ = try await node.run("SET", "k", "s3cret")
            let source = "return 1"
            let script = RedisScript(name: "answer", source: source, sha1: "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
            _ = try await ScriptRunner(transport: node.commands).run(
                script, keys: ["q:jobs"], arguments: [Array("s3cret".utf8)], timeout: .seconds(60))
            _ = await node.failure(of: "NOPE", "x")
            await node.shutdown()
            await redis.stop()
        }
        return log.all
    }
}
