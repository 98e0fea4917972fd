// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

@Suite struct RedactedTests {
    private struct Connect: Job, Equatable {
        static let name = "connect"
        var host: String
        @Redacted var password: String
        @Redacted var token: String?
    }

    @Test("A redacted property is coded as it is and shown nowhere")
    func hidden() throws {
        let job = Connect(host: "h", password: "hunter2", token: nil)
        let data = try JSONEncoder().encode(job)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: String])
        #expect(object == ["host": "h", "password": "hunter2"])
        #expect(try JSONDecoder().decode(Connect.self, from: data) == job)
        let full = Connect(host: "h", password: "hunter2", token: "hunter3")
        #expect(try JSONDecoder().decode(Connect.self, from: try JSONEncoder().encode(full)) == full)
        var text = "\(full) \(String(reflecting: full))"
        dump(full, to: &text)
        #expect(text.contains("•••") && !text.contains("hunter"))
    }

    @Test(
        "No payload stands in a log, also not in the error of one that cannot be decoded",
        arguments: [Logger.Level.info, .trace])
    func unlogged(level: Logger.Level) async throws {
        struct Typed: Job {
            enum Kind: String, Codable { case mail }
            static let name = "typed"
            var kind: Kind
        }
        let canary = "hunter2-Kanarienvogel"
        let book = LogBook()
        try await withStint { stint in
            var logger = book.logger
            logger.logLevel = level
            let client = try StintClient(.init(redis: stint.url), logger: logger)
            let payload = Array(#"{"kind":"\#(canary)"}"#.utf8)
            let bad = try await client.enqueue(name: "typed", payload: payload, options: .init(retry: .never)).id
            try await client.enqueue(name: "good", payload: payload)
            var options = WorkerOptions()
            options.stopsWhenEmpty = true
            try await Worker(client, options: options) {
                Handle(Typed.self) { _, _ in }
                Handle(raw: "good") { payload, _ in .completed(result: payload) }
            }.run()
            let reason = try await stint.inspector.job(bad)?.summary.reason
            #expect(reason == "The payload cannot be decoded as Typed: 'kind' has no valid value")
            await client.shutdown()
        }
        let entries = book.having("")
        #expect(entries.contains { $0.message == "Job is dead" })
        for entry in entries { #expect(!"\(entry.message) \(entry.metadata)".contains(canary), "\(entry.message)") }
    }

    @Test("What a terminal could obey is made visible before it is logged")
    func controls() async throws {
        let hostile = "\u{1b}[2J\u{9b}31m\u{202e}a\u{2066}\u{200b}\r\n\u{7f}"
        #expect(hostile.visible == #"\u{1b}[2J\u{9b}31m\u{202e}a\u{2066}\u{200b}\u{d}\u{a}\u{7f}"#)
        #expect("Grüße 漢字 💣".visible == "Grüße 漢字 💣")
        let book = LogBook()
        try await withStint { stint in
            let client = try StintClient(.init(redis: stint.url), logger: book.logger)
            try await client.enqueue(name: "n", payload: [], options: .init(id: JobID("a1"), retry: .never))
            // As somebody would write it who does not use the library.
            let keys = client.core.keys(queue: "default")
            var record = try #require(try await stint.command("HGET", keys.jobs, "a1").bytesValue)
            record[39] = 0x1b
            _ = try await client.core.send(RedisCommand("HSET", [Array(keys.jobs.utf8), Array("a1".utf8), record]))
            var options = WorkerOptions()
            options.stopsWhenEmpty = true
            try await Worker(client, options: options) {
                Handle(raw: "*") { _, context in throw JobSignal.dead(reason: "\(context.name) \(hostile)") }
            }.run()
            await client.shutdown()
        }
        let entries = book.having("")
        #expect(entries.contains { $0.message == "Attempt failed" } && entries.contains { $0.message == "Job is dead" })
        for entry in entries {
            let text = "\(entry.message) " + entry.metadata.map { "\($0)=\($1)" }.joined(separator: " ")
            #expect(text.visible == text, "\(entry.message)")
        }
    }
}
