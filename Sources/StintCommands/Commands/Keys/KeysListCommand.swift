// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintCrypto
import StintTerminal

/// The command `stint keys ls`.
struct KeysListCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the ids of the keys, and nothing of the keys.",
        discussion: "Example:\n  stint keys ls --file stint.keys", aliases: ["list"])

    struct Row: Sendable {
        let id: String
        let seals: Bool
    }

    private static let listing = Listing<Row>(
        emptyNote: "no key",
        [
            Column("id", "ID") { .text($0.id) },
            Column("seals", "USE") { .custom(.bool($0.seals), text: $0.seals ? "seals and opens" : "opens") },
        ])

    @OptionGroup var file: KeysFileOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        #if Encryption
        let ring = try KeysFileOptions.ring(at: file.path())
        try await console.show(Self.listing, list) {
            ring.keyIDs.map { Row(id: $0, seals: $0 == ring.sealingKeyID) }
        }
        #else
        throw CommandFailure.withoutEncryption()
        #endif
    }
}
