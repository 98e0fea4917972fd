// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import Testing

/// Values of passwords and the like where payloads are shown.
@Suite struct RevealTests {
    private static let payload = #"{"user":"li","password":"hunter2","n":{"api_key":["hunter3"]}}"#
    private static let hidden = #"{"user":"li","password":"•••","n":{"api_key":"•••"}}"#

    @Test("They are hidden for people and programs unless they are to be revealed")
    func reveal() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", bytes: Array(Self.payload.utf8), keep: .seconds(600))
            try await live.work { payload, _ in .completed(result: payload) }
            for words in ["", "--json", "--payload", "--result"] {
                // Into a pipe the whole job is told without its payload.
                for width in [nil, 200] where width != nil || words != "" {
                    let command = ["job", "show", "a1"] + words.split(separator: " ").map(String.init)
                    let run = await live.run(words: command, forced: width)
                    #expect(run.status == .ok && !run.output.contains("hunter"), "\(words): \(run.output)")
                    #expect(run.output.contains(Self.hidden), "\(words): \(run.output)")
                    let revealed = await live.run(words: command + ["--reveal"], forced: width)
                    #expect(revealed.output.contains(Self.payload), "\(words): \(revealed.output)")
                    #expect(!revealed.output.contains("•••") && !revealed.output.contains("redacted"))
                }
            }
            let document = await live.run("job", "show", "a1", "--json")
            #expect(document.output.contains(#""payload_redacted":true"#))
            #expect(!document.output.contains("base64"))
            for list in [["job", "ls", "--state", "completed", "--json"], ["dead", "ls", "--json"]] {
                #expect(await !live.run(words: list).output.contains("hunter"))
            }
            let raw = await live.run("job", "show", "a1", "--payload", "--raw")
            #expect(raw.output == Self.payload)
            #expect(await live.run("job", "show", "a1", "--payload", "--raw", "--reveal").status == .usage)
        }
    }

    @Test("Payloads that are no JSON hide what follows the names as well")
    func text() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", bytes: Array("user=li&token=hunter2&a=b".utf8))
            let run = await live.run("job", "show", "a1", "--json")
            #expect(run.output.contains(#""payload_text":"user=li&token=•••&a=b","payload_redacted":true"#))
            #expect(await live.run("job", "show", "a1", "--payload").output == "user=li&token=•••&a=b\n")
        }
    }
}
