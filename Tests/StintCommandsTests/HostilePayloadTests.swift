// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
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

    @Test("Random bytes run, log, fail and come back bit for bit, and never reach a terminal raw", arguments: 1...2)
    func random(seed: UInt64) async throws {
        var generator = HostileBytes(seed: seed)
        let payloads = (0..<16).map { _ in generator.next() }
        let got = Mutex<[String: [UInt8]]>([:])
        try await LiveStint.with { live in
            for (index, payload) in payloads.enumerated() {
                try await live.enqueue("a\(index)", bytes: payload, keep: .seconds(600))
            }
            try await live.work { payload, context in
                let id = context.id.description
                got.withLock { $0[id] = payload }
                let text = String(decoding: payload, as: UTF8.self)
                context.log(text)
                if id.utf8.last.map({ $0 & 1 == 1 }) == true { throw JobSignal.dead(reason: text) }
                return .completed(result: payload)
            }
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
            case ..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }
}
