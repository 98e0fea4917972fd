// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

/// A script call as it goes over the wire, taken apart again.
struct ObservedCall {
    let script: String
    /// The queue's name, from the hash tag of the keys.
    let queue: String
    let lastKey: String
    let arguments: [[UInt8]]

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for script in Scripts.all {
            names[script.sha1] = script.name
            names[script.source] = script.name
        }
        return names
    }()

    /// Nil for a command that runs no script of Stint.
    init?(_ command: RedisCommand) {
        guard command.name.hasPrefix("EVAL") else { return nil }
        let words = CommandWords.bytes(of: command)
        guard words.count > 3, let script = Self.names[String(decoding: words[1], as: UTF8.self)],
            let count = Int(String(decoding: words[2], as: UTF8.self)), count > 0, words.count >= 3 + count
        else { return nil }
        self.script = script
        let key = String(decoding: words[3], as: UTF8.self)
        lastKey = String(decoding: words[2 + count], as: UTF8.self)
        queue = String(key.prefix { $0 != "}" }.drop { $0 != ":" }.dropFirst())
        arguments = words[(3 + count)...].map { Array($0) }
    }

    func text(_ index: Int) -> String {
        index < arguments.count ? String(decoding: arguments[index], as: UTF8.self) : ""
    }

    func number(_ index: Int) -> Int64 { Int64(text(index)) ?? 0 }

    func texts(from index: Int) -> [String] {
        arguments.dropFirst(index).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the script can set a wake marker.
    var mayWake: Bool {
        !["renew", "cancel", "remove", "purge", "trim", "open_lane", "progress", "log", "await", "pause", "configure"]
            .contains(script)
    }

    /// For the history: what is asked, without records.
    var text: String {
        let shown = arguments.prefix(14).map { bytes in
            bytes.allSatisfy { (0x20..<0x7f).contains($0) } && bytes.count <= 64
                ? String(decoding: bytes, as: UTF8.self) : "<\(bytes.count) bytes>"
        }
        let lane = lastKey.contains(":lane:") ? " lane=\(lastKey.suffix(24).prefix(6))" : ""
        return "\(script) \(queue)\(lane) \(shown.joined(separator: " "))"
    }
}

/// Takes an encoded command apart.
enum CommandWords {
    static func of(_ command: RedisCommand) -> [String] {
        bytes(of: command).map { String(decoding: $0, as: UTF8.self) }
    }

    static func bytes(of command: RedisCommand) -> [ArraySlice<UInt8>] {
        let bytes = command.bytes
        var at = 1
        func number() -> Int {
            var value = 0
            while bytes[at] != UInt8(ascii: "\r") {
                value = value * 10 + Int(bytes[at] - UInt8(ascii: "0"))
                at += 1
            }
            at += 2
            return value
        }
        let count = number()
        var words: [ArraySlice<UInt8>] = []
        words.reserveCapacity(count)
        for _ in 0..<count {
            at += 1
            let length = number()
            words.append(bytes[at..<at + length])
            at += length + 2
        }
        return words
    }
}
