// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
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
                    let isSafe = (run.output + run.errors).unicodeScalars.allSatisfy { scalar in
                        scalar == "\n" || scalar == "\t"
                            || (scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
                                && scalar.value != 0x202E)
                    }
                    #expect(isSafe, "\(command) at \(width ?? 0)")
                }
            }
            let raw = await live.run("job", "show", "a1", "--payload", "--raw", forced: 120)
            #expect(raw.status == .usage)
            #expect(raw.output.isEmpty)
        }
    }
}
