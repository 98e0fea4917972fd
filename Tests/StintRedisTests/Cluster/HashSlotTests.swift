// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct HashSlotTests {
    @Test(
        "A key is in the slot of its hash tag, or of the whole where that is empty",
        arguments: [
            ("123456789", 12_739), ("foo", 12_182), ("bar", 5_061), ("", 0), ("{user1000}.following", 3_443),
            ("{user1000}.followers", 3_443), ("foo{}{bar}", 8_363), ("foo{{bar}}zap", 4_015), ("foo{bar}{zap}", 5_061),
            ("foo{bar", 15_278), ("}foo{bar}", 5_061),
        ])
    func vectors(key: String, slot: Int) {
        #expect(HashSlot.of(key.utf8) == slot)
    }

    @Test("All keys of a queue have one slot, the namespace's keys another")
    func queue() {
        let slots = Set(
            ["{stint:mail}:jobs", "{stint:mail}:ready:0", "{stint:mail}:lane:x"].map { HashSlot.of($0.utf8) })
        #expect(slots.count == 1)
        #expect(!slots.contains(HashSlot.of("{stint}:queues".utf8)))
    }

    @Test("The place of a command is that of its first key, wherever it stands")
    func places() {
        let slot = HashSlot.of("{t}".utf8)
        func place(_ name: String, _ arguments: String...) -> RedisCommand.Place {
            RedisCommand(name, arguments).place
        }
        #expect(place("SADD", "{t}:s", "a") == .init(slot: slot, key: Array("{t}:s".utf8), keys: 1))
        #expect(
            place("EVALSHA", "0123", "2", "{t}:a", "{t}:b", "x") == .init(slot: slot, key: Array("{t}:a".utf8), keys: 2)
        )
        #expect(place("EVAL", "return 1", "0", "x") == .init())
        #expect(place("BZPOPMIN", "{t}:w", "{t}:v", "5").keys == 2)
        #expect(place("UNLINK", "{t}:w", "{t}:v", "{t}:u").keys == 3)
        #expect(place("MEMORY", "USAGE", "{t}:w").slot == slot)
        #expect(place("PING") == .init())
        #expect(place("SCRIPT", "LOAD", "return 1") == .init())
        #expect(place("CLUSTER", "SLOTS") == .init())
    }
}
