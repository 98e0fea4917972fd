// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Stint
import StintCrypto
import StintFunctions

/// The command `stint keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make and rotate the keys that payloads are sealed with.",
        discussion: "Examples:\n  stint keys new --file stint.keys\n  stint keys ls\n  stint keys use 2026-11-25-x7f2",
        subcommands: [KeysNewCommand.self, KeysListCommand.self, KeysUseCommand.self])
}

/// Which file of keys.
struct KeysFileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The file of keys (default: STINT_KEYS_FILE, or keys: in stint.yaml).", valueName: "path"),
        completion: .file())
    var file: String?

    func path() throws -> String {
        let invocation = Invocation.current
        let path = try file ?? Configuration.load([:], in: invocation)[.keys].value
        guard let path else {
            throw CommandFailure(
                .invalidConfiguration, "no file of keys is named",
                hints: [.init("Name it:", invocation.retyped() + " --file stint.keys")])
        }
        return Self.absolute(path, invocation)
    }

    #if Encryption
    /// Reads a file of keys; one that cannot be used is a configuration that is invalid.
    static func ring(at path: String) throws -> KeyringFile {
        do throws(StintError) {
            return try KeyringFile(path: path)
        } catch {
            var failure = CommandFailure(error)
            failure.status = .invalidConfiguration
            throw failure
        }
    }
    #endif

    private static func absolute(_ path: String, _ invocation: Invocation) -> String {
        path.hasPrefix("/") ? path : "\(invocation.directory)/\(path)"
    }
}
