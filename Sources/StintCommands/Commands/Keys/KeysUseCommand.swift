// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintCrypto
import StintTerminal

/// The command `stint keys use ID`.
struct KeysUseCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Let a key that is in the file seal from now on.",
        discussion: "Example:\n  stint keys use 2026-11-25-x7f2 --file stint.keys")

    @Argument(help: "The key's id.") var id: String
    @OptionGroup var file: KeysFileOptions
    @Flag(help: "Print one JSON document.") var json = false
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        #if Encryption
        let path = try file.path()
        var ring = try KeysFileOptions.ring(at: path)
        try ring.use(key: id)
        try ring.write(to: path)
        if json {
            console.document(
                .object([.init("id", .string(id)), .init("file", .string(path)), .init("seals", .bool(true))]))
        }
        console.done("key \(id) seals from now on (\(path)); restart what runs")
        #else
        throw CommandFailure.withoutEncryption()
        #endif
    }
}
