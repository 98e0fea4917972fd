// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintCommands
import StintFunctions
import Testing

@Suite struct GeneralCommandTests {
    @Test("The exit codes are explained from the same table that is used")
    func exitCodes() async {
        let run = await CommandRun.stint(["help", "exit-codes"])
        #expect(run.lines.count == CommandStatus.allCases.count + 1)
        for status in CommandStatus.allCases {
            #expect(run.lines.contains { $0.contains(" \(status.rawValue)  \(status.meaning)") })
        }
    }

    @Test("The version is printed for people and for programs")
    func version() async {
        #expect(await CommandRun.stint(["version"]).output == "stint \(StintVersion.current)\n")
        #expect(await CommandRun.stint(["version", "--json"]).output == "{\"version\":\"\(StintVersion.current)\"}\n")
        #expect(await CommandRun.stint(["--version"]).output == "\(StintVersion.current)\n")
    }

    @Test("A completion script exists for each shell", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async {
        let run = await CommandRun.stint(["completion", shell])
        #expect(run.status == .ok)
        #expect(run.output.contains("completion"))
    }

    @Test("Topics that are misspelt are understood")
    func topics() async {
        #expect(
            await CommandRun.stint(["help", "exit-code"]).errors
                == """
                error: no topic 'exit-code'. Did you mean 'exit-codes'?
                  The topics:   stint help exit-codes
                                stint help environment

                """)
        #expect(await CommandRun.stint(["help", "version"]).output.contains("USAGE: stint version"))
        #expect(await CommandRun.stint(["help", "environment"]).output.contains("NO_COLOR"))
    }

    @Test("Every variable that sets something is explained", arguments: SettingKey.allCases)
    func environment(key: SettingKey) async {
        let page = await CommandRun.stint(["help", "environment"])
        #expect(page.lines.contains { $0.hasPrefix(key.environmentVariable + " ") && $0.hasSuffix(key.meaning) })
    }
}
