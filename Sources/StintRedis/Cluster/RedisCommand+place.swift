// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

extension RedisCommand {
    /// What a cluster needs to know of a command to find its node.
    struct Place: Equatable {
        /// The slot of its first key; nil for a command that has none and may go to any node.
        var slot: Int?
        /// Its first key; empty without one.
        var key: [UInt8] = []
        /// How many keys it has.
        var keys = 0
    }

    /// Finds the keys in the encoded command, so that one who sends to a single server pays nothing for it.
    ///
    /// What Redis thinks of the other keys, it says itself.
    var place: Place {
        var words = Words(bytes)
        _ = words.next()
        switch name {
        case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO":
            _ = words.next()
            guard let count = words.next().flatMap({ Int(String(decoding: $0, as: UTF8.self)) }), count > 0,
                let key = words.next()
            else { return Place() }
            return Place(slot: HashSlot.of(key), key: Array(key), keys: count)
        case let name where Self.keyless.contains(name):
            return Place()
        case "MEMORY", "OBJECT", "XINFO":
            _ = words.next()
            return words.next().map { Place(slot: HashSlot.of($0), key: Array($0), keys: 1) } ?? Place()
        default:
            guard let key = words.next() else { return Place() }
            let place = Place(slot: HashSlot.of(key), key: Array(key), keys: 1)
            switch name {
            case "DEL", "UNLINK", "EXISTS", "TOUCH": return place.with(keys: words.count - 1)
            case "BZPOPMIN", "BZPOPMAX", "BLPOP", "BRPOP": return place.with(keys: words.count - 2)
            default: return place
            }
        }
    }

    private static let keyless: Set<String> = [
        "ACL", "AUTH", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DBSIZE", "ECHO", "HELLO", "INFO", "KEYS", "LATENCY",
        "PING",
        "PUBLISH", "ROLE", "SCAN", "SCRIPT", "SLOWLOG", "TIME", "WAIT", "WAITAOF",
    ]

    /// Walks over the words of an encoded command.
    private struct Words {
        private let bytes: [UInt8]
        private var position = 0
        /// How many words the command has, its name included.
        private(set) var count = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            count = number()
        }

        mutating func next() -> ArraySlice<UInt8>? {
            guard position < bytes.count else { return nil }
            let length = number()
            defer { position += length + 2 }
            return bytes[position..<(position + length)]
        }

        /// Reads a mark, digits and a line end.
        private mutating func number() -> Int {
            var value = 0
            position += 1
            while position < bytes.count, bytes[position] != UInt8(ascii: "\r") {
                value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
                position += 1
            }
            position += 2
            return value
        }
    }
}

extension RedisCommand.Place {
    fileprivate func with(keys: Int) -> Self {
        var place = self
        place.keys = keys
        return place
    }
}
