// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Stint
import StintCommands
import StintRedis
import Synchronization
import Testing

@Suite struct HostilePayloadTests {
    private static let payloads: [[UInt8]] = [
        Array("\u{1B}]0;owned\u{7}\u{1B}[2J\r\nrm -rf\u{8}\u{9B}31m".utf8),
        [0, 0xFF, 0xFE, 0x1B, 0x5B, 0x32, 0x4A, 0xC3, 0x28, 10],
        Array(#"{"id":9007199254740993,"max":18446744073709551615,"text":"\u001b[2J"}"#.utf8),
        Array("{ \"spaced\" :\n 1, \"bidi\": \"\u{202E}abc\" }\n".utf8),
        Array("plain text, no JSON".utf8),
        [],
        [UInt8](repeating: 0x1B, count: 100_000),
    ]

    @Test("Payloads come back bit for bit in JSON and with --raw", arguments: payloads.indices)
    func exact(index: Int) async throws {
        let payload = Self.payloads[index]
        try await LiveStint.with { live in
            try await live.enqueue("a1", bytes: payload)
            let sink = MemorySink()
            let raw = await live.run("job", "show", "a1", "--payload", "--raw", sink: sink)
            #expect(raw.status == .ok)
            #expect(sink.bytes == payload)
            let document = await live.run("job", "show", "a1", "--json")
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(document.output.utf8)) as? [String: Any])
            if let text = object["payload_base64"] as? String {
                #expect(Data(base64Encoded: text).map(Array.init) == payload)
            } else if let text = object["payload_text"] as? String {
                #expect(Array(text.utf8) == payload)
            } else {
                let text = try #require(String(validating: payload, as: UTF8.self))
                #expect(document.output.contains(#""payload":"# + text + ","))
            }
        }
    }

    @Test("Payloads, results, names, errors and tags never reach a terminal raw", arguments: payloads.indices)
    func safe(index: Int) async throws {
        let payload = Self.payloads[index]
        try await LiveStint.with { live in
            let hostile = "\u{1B}[2J\u{9B}31m"
            try await live.enqueue("a1", bytes: payload, tags: ["t": "\u{202E}x"], keep: .seconds(60))
            try await live.enqueue("a2", bytes: payload)
            try await live.work { payload, context in
                context.log(hostile)
                if context.id.description == "a2" { throw JobSignal.dead(reason: hostile) }
                return .completed(result: payload)
            }
            let commands = [
                "job show a1", "job show a1 --json", "job show a1 --payload", "job show a1 --result",
                "job show a1 --log",
                "job ls", "job ls --json", "job logs a1", "job logs a1 --json", "dead ls", "dead ls --json",
                "job show a2", "queue ls", "queue show mail", "stats", "worker ls",
            ]
            for command in commands {
                for width in [nil, 120] {
                    let run = await live.run(words: command.split(separator: " ").map(String.init), forced: width)
                    // No bytes are no result.
                    let isMissing = payload.isEmpty && command.hasSuffix("--result")
                    #expect(run.status == (isMissing ? .notFound : .ok), "\(command): \(run.errors)")
                    #expect(run.isSafe, "\(command) at \(width ?? 0)")
                }
            }
            let raw = await live.run("job", "show", "a1", "--payload", "--raw", forced: 120)
            #expect(raw.status == .usage)
            #expect(raw.output.isEmpty)
        }
    }

    @Test("What others wrote into Redis past the library never reaches a terminal raw")
    func foreign() async throws {
        try await LiveStint.with { live in
            let hostile = "\u{1B}[2J\u{9B}31m\u{202E}\u{200B}x"
            let keys = live.client.core.keys(queue: "mail")
            func send(_ words: [String]) async throws {
                _ = try await live.client.core.send(RedisCommand(words[0], Array(words.dropFirst())))
            }
            try await live.enqueue("a1", unique: .key("k"))
            // A job under such an id in a queue of such a name, a holder of a key, and a worker.
            var record = try #require(
                try await live.client.core.send(RedisCommand("HGET", keys.jobs, "a1")).bytesValue)
            record[39] = 0x1B
            let jobs = live.client.core.keys(queue: hostile)
            for (key, id) in [(keys.jobs, hostile), (keys.jobs, "a1"), (jobs.jobs, "a2")] {
                _ = try await live.client.core.send(
                    RedisCommand("HSET", [Array(key.utf8), Array(id.utf8), record]))
            }
            try await send(["RPUSH", keys.ready[2], hostile])
            try await send(["RPUSH", jobs.ready[2], "a2"])
            try await send(["SADD", live.client.core.keys.queues, hostile])
            try await send(["HSET", keys.unique, "k", hostile])
            try await send(["ZADD", live.client.core.keys.nodes, "9999999999999", hostile])
            try await send([
                "HSET", live.client.core.keys.nodeDetails, hostile, #"{"host":"\u001b[2J","mode":"\u009b"}"#,
            ])
            let commands = [
                "job ls", "job ls --json", "job show a1", "job show a2", "job show a2 --json", "queue ls",
                "queue ls --json", "worker ls", "worker ls --json", "stats", "dead ls",
                "enqueue mail.send {} --queue mail --key k --on-duplicate existing",
                "enqueue mail.send {} --queue mail --key k", "job cancel a2", "job cancel --queue mail --yes",
            ]
            for command in commands {
                for width in [nil, 120] {
                    var run = await live.run(words: command.split(separator: " ").map(String.init), forced: width)
                    // A line that tells how far something is is painted over.
                    run.errors.replace("\r\u{1B}[2K", with: "")
                    #expect(run.isSafe, "\(command) at \(width ?? 0)")
                    #expect(!(run.output + run.errors).isEmpty || command == "dead ls", "\(command)")
                }
            }
        }
    }

    @Test("Random bytes run, log, fail and come back bit for bit, and never reach a terminal raw", arguments: 1...2)
    func random(seed: UInt64) async throws {
        var generator = HostileBytes(seed: seed)
        let payloads = (0..<16).map { _ in generator.next() }
        let got = Mutex<[String: [UInt8]]>([:])
        try await LiveStint.with { live in
            for (index, payload) in payloads.enumerated() {
                try await live.enqueue("a\(index)", bytes: payload, keep: .seconds(600))
            }
            let log = MemorySink()
            let device = StreamTraits.Device(isTerminal: true, columns: 100)
            let traits = StreamTraits(device: device, environment: [:], noColor: true)
            let console = Console(
                output: traits, errors: traits, outputSink: MemorySink(), errorSink: log, verbosity: 2, now: { 0 })
            let logger = Logger(label: "test") { _ in WorkerLogHandler(console: console, now: { 0 }) }
            try await live.work(logger: logger) { payload, context in
                let id = context.id.description
                got.withLock { $0[id] = payload }
                let text = String(decoding: payload, as: UTF8.self)
                context.log(text)
                if id.utf8.last.map({ $0 & 1 == 1 }) == true { throw JobSignal.dead(reason: text) }
                return .completed(result: payload)
            }
            let logged = CommandRun(status: .ok, output: log.text, errors: "")
            #expect(logged.output.contains("Job is dead") && logged.isSafe)
            for (index, payload) in payloads.enumerated() {
                let id = "a\(index)"
                #expect(got.withLock { $0[id] } == payload, "seed \(seed), \(id)")
                let isDead = index % 2 == 1
                for part in ["--payload", "--result"] where part == "--payload" || !(isDead || payload.isEmpty) {
                    let sink = MemorySink()
                    let run = await live.run("job", "show", id, part, "--raw", sink: sink)
                    #expect(run.status == .ok, "\(run.errors)")
                    #expect(sink.bytes == payload, "seed \(seed), \(id) \(part)")
                }
                for command in ["job show \(id)", "job show \(id) --payload", "job logs \(id)"] {
                    let run = await live.run(words: command.split(separator: " ").map(String.init), forced: 100)
                    #expect(run.status == .ok && run.isSafe, "seed \(seed): \(command)")
                }
            }
            for command in ["dead ls", "dead ls --json", "job ls", "job ls --json"] {
                for width in [nil, 100] {
                    let run = await live.run(words: command.split(separator: " ").map(String.init), forced: width)
                    #expect(run.status == .ok && run.isSafe, "seed \(seed): \(command)")
                }
            }
        }
    }
}

extension CommandRun {
    /// Whether nothing that was printed steers a terminal: no control bytes, no marks that turn the direction of text.
    fileprivate var isSafe: Bool {
        (output + errors).unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 9, 10: true
            case ..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: false
            default: true
            }
        }
    }
}
