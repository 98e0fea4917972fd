// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import Stint
import StintCrypto
import StintTerminal

/// The command `stint keys new`.
struct KeysNewCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Add a new key to a file of keys, or begin one.",
        discussion: """
            The new key seals from then on and the others only open. A file that is begun can be read by its owner only. \
            Where producers and workers share keys, add the key with --standby, give the file to all of them, then let \
            it seal with: stint keys use ID.

            Examples:
              stint keys new --file stint.keys
              stint keys new --standby
            """)

    @OptionGroup var file: KeysFileOptions
    @Option(help: ArgumentHelp("The key's id (default: the date and four random characters).", valueName: "id"))
    var id: String?
    @Flag(help: "The key only opens until it is told to seal.") var standby = false
    @Flag(help: "Print one JSON document.") var json = false
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        #if Encryption
        let path = try file.path()
        let id = id ?? Self.newID()
        let isThere = FileManager.default.fileExists(atPath: path)
        var ring = isThere ? try KeysFileOptions.ring(at: path) : try KeyringFile(newKey: id)
        if isThere { try ring.add(newKey: id, onStandby: standby) }
        try ring.write(to: path)
        if json {
            console.document(
                .object([
                    .init("id", .string(id)), .init("file", .string(path)),
                    .init("seals", .bool(ring.sealingKeyID == id)),
                ]))
        } else {
            console.data(id)
        }
        console.done(
            ring.sealingKeyID == id
                ? "key \(id) seals from now on (\(path)); restart what runs, and keep a copy of the file"
                : "key \(id) opens (\(path)); give the file to every process, then: stint keys use \(id)")
        #else
        throw CommandFailure.withoutEncryption()
        #endif
    }

    #if Encryption
    private static func newID() -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let random = (0..<4).compactMap { _ in alphabet.randomElement() }
        return CalendarTime(milliseconds: Invocation.current.now()).date + "-" + String(random)
    }
    #endif
}
