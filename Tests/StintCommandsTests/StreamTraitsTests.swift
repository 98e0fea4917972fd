// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintCommands
import StintTerminal
import Testing

@Suite struct StreamTraitsTests {
    private static let terminal = StreamTraits.Device(isTerminal: true, columns: 80)
    private static let pipe = StreamTraits.Device(isTerminal: false)

    @Test(
        "Colours follow the device, then the environment, then the flag",
        arguments: [
            (terminal, [:], false, true), (pipe, [:], false, false), (terminal, ["NO_COLOR": "1"], false, false),
            (terminal, ["NO_COLOR": ""], false, true), (terminal, ["TERM": "dumb"], false, false),
            (pipe, ["FORCE_COLOR": "1"], false, true), (pipe, ["FORCE_COLOR": "0"], false, false),
            (pipe, ["CLICOLOR_FORCE": "1"], false, true), (pipe, ["CLICOLOR_FORCE": "1"], true, false),
            (pipe, ["FORCE_COLOR": "1", "NO_COLOR": "1"], false, false), (terminal, [:], true, false),
            (pipe, ["STINT_FORCE_TTY": "120"], false, true),
        ] as [(StreamTraits.Device, [String: String], Bool, Bool)])
    func colours(device: StreamTraits.Device, environment: [String: String], noColor: Bool, expected: Bool) {
        #expect(StreamTraits(device: device, environment: environment, noColor: noColor).style.usesColor == expected)
    }

    @Test("A locale without UTF-8, and --ascii, mean ASCII")
    func locales() {
        func usesUnicode(_ environment: [String: String], ascii: Bool = false) -> Bool {
            StreamTraits(device: Self.terminal, environment: environment, ascii: ascii).style.usesUnicode
        }
        #expect(usesUnicode([:]))
        #expect(usesUnicode(["LANG": "zh_CN.UTF-8"]))
        #expect(usesUnicode(["LANG": "C", "LC_ALL": "C.utf8"]))
        #expect(!usesUnicode(["LANG": "C"]))
        #expect(!usesUnicode([:], ascii: true))
    }

    @Test("A forced width makes any stream a terminal of that width")
    func forced() {
        let traits = StreamTraits(device: Self.pipe, environment: ["STINT_FORCE_TTY": "120"])
        #expect(traits.isTerminal && traits.columns == 120)
        #expect(!StreamTraits(device: Self.pipe, environment: ["STINT_FORCE_TTY": "x"]).isTerminal)
    }
}
