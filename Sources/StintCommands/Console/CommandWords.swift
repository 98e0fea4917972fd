// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StintFunctions

/// Looks at the words of a command line before they are parsed.
struct CommandWords {
    /// Common options that may stand before the command: `stint --redis URL queue ls`.
    private static let movableFlags: Set<String> = [
        "--json", "--plain", "--no-color", "--ascii", "--utc", "-q", "--quiet", "-v", "-vv", "--verbose", "--no-input",
        "-y", "--yes", "-n", "--dry-run", "-w", "--watch",
    ]
    private static let movableOptions: Set<String> = ["--redis", "--namespace", "--data", "--fields", "--interval"]

    /// The words with leading common options moved behind the command's name.
    ///
    /// They are not options of the root command: there a command that does not know one would accept it and ignore it.
    static func moved(_ words: [String], root: any ParsableCommand.Type) -> [String] {
        var rest = words[...]
        var leading: [String] = []
        while let word = rest.first {
            if movableFlags.contains(word) || movableOptions.contains(where: { word.hasPrefix($0 + "=") }) {
                leading.append(word)
                rest = rest.dropFirst()
            } else if movableOptions.contains(word), rest.count > 1 {
                leading += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        guard !leading.isEmpty, rest.first?.hasPrefix("-") == false else { return words }
        let depth = path(Array(rest), root: root).names.count
        return Array(rest.prefix(depth)) + leading + rest.dropFirst(depth)
    }

    /// Follows the words through the tree of commands.
    ///
    /// - Returns: The names that led to a command, that command, and the word that should have been the name of a
    ///   subcommand and is none.
    static func path(
        _ words: [String], root: any ParsableCommand.Type
    ) -> (names: [String], command: any ParsableCommand.Type, unknown: String?) {
        var command = root
        var names: [String] = []
        for word in words {
            let children = command.configuration.subcommands
            guard !children.isEmpty, !word.hasPrefix("-") else { break }
            guard let child = children.first(where: { self.names(of: $0).contains(word) }) else {
                // The parser gives the root a `help`.
                return (names, command, word == "help" && names.isEmpty ? nil : word)
            }
            command = child
            names.append(word)
        }
        return (names, command, nil)
    }

    /// The failure for an unknown command, with what was probably meant.
    static func unknown(_ word: String, after names: [String], in command: any ParsableCommand.Type) -> CommandFailure {
        let candidates = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }.flatMap(self.names)
        let prefix = names.map { $0 + " " }.joined()
        let all = names.isEmpty ? "stint help" : "stint \(prefix)--help"
        guard let near = NearMiss.find(word, among: candidates) else {
            return .usage("no command '\(prefix)\(word)'", hints: [.init("All commands:", all)])
        }
        return .usage("no command '\(prefix)\(word)'. Did you mean '\(prefix)\(near)'?     (all commands: \(all))")
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }
}
