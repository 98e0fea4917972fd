// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What a script's header declares: the contract from which both the Lua locals and the Swift call are made.
struct ScriptHeader: Hashable {
    /// One key, or a run of `count` consecutive keys that becomes a Lua table.
    struct Key: Hashable {
        let name: String
        let count: Int
        let line: Int
    }

    /// One argument; a list takes all that follow and stands last.
    struct Argument: Hashable {
        enum Kind: Hashable { case bytes, integer, list }

        let name: String
        let kind: Kind
        let line: Int
        /// The Lua local that the argument becomes: for a list the index of its first element.
        var local: String { kind == .list ? "\(name)_from" : name }
    }

    var summary = ""
    var line = 1
    /// Who calls it: what a Redis user that has a role must be allowed.
    var roles: [String] = []
    var flags: [String] = []
    var keys: [Key] = []
    var arguments: [Argument] = []
    var reply = ""

    /// The Lua locals that the header stands for, each with the header line it comes from.
    var locals: [(name: String, value: String, line: Int)] {
        var result: [(name: String, value: String, line: Int)] = []
        var index = 1
        for key in keys {
            let accesses = (index..<index + key.count).map { "KEYS[\($0)]" }
            let value = key.count == 1 ? accesses[0] : "{\(accesses.joined(separator: ", "))}"
            result.append((key.name, value, key.line))
            index += key.count
        }
        for (offset, argument) in arguments.enumerated() {
            let value =
                switch argument.kind {
                case .bytes: "ARGV[\(offset + 1)]"
                case .integer: "tonumber(ARGV[\(offset + 1)])"
                case .list: "\(offset + 1)"
                }
            result.append((argument.local, value, argument.line))
        }
        return result
    }
}
