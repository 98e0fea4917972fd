// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

/// A way to corrupt a queue that was filled with `fillAllStates`, what an audit must say, and whether it is mended.
struct Corruption: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: AuditFinding.Kind
    let invariant: String
    /// The job that must be named; nil if it is about none.
    let job: String?
    let corrupt: @Sendable (ScriptBench) async throws -> Void
    /// Takes back what cannot be mended; nil for what can.
    let undo: (@Sendable (ScriptBench) async throws -> Void)?

    init(
        _ description: String, _ kind: AuditFinding.Kind, _ invariant: String, _ job: String?,
        _ corrupt: @escaping @Sendable (ScriptBench) async throws -> Void,
        undo: (@Sendable (ScriptBench) async throws -> Void)? = nil
    ) {
        testDescription = description
        self.kind = kind
        self.invariant = invariant
        self.job = job
        self.corrupt = corrupt
        self.undo = undo
    }
}

extension Corruption {
    static let all = records + indexes + besides + counters

    private static let records: [Corruption] =
        [
            ("junk", Array("junk".utf8)), ("an unknown format", nil), ("an unknown state", nil),
            ("an unknown list", nil), ("a name beyond the end", nil), ("fields beyond the end", nil),
            ("no length of the payload", nil),
        ].map { what, _ in damage(what) } + [
            Corruption("a ready job counts more attempts than it may have", .miscounted, "I6", "r1") { bench in
                try await bench.edit("r1") {
                    $0.write(7, at: 5, bytes: 2); $0.write(5, at: 9, bytes: 2)
                }
            } undo: { bench in
                try await bench.edit("r1") { $0.write(0, at: 5, bytes: 2) }
            },
            Corruption("a running job counts no attempt", .miscounted, "I6", "n1") { bench in
                try await bench.edit("n1") { $0.write(0, at: 5, bytes: 2) }
            } undo: { bench in
                try await bench.edit("n1") { $0.write(1, at: 5, bytes: 2) }
            },
            Corruption("a dead job counts more crashes than attempts", .miscounted, "I6", "x1") { bench in
                try await bench.edit("x1") { $0[7] = 9 }
            } undo: { bench in
                try await bench.edit("x1") { $0[7] = 0 }
            },
            Corruption("a job is older than time", .future, "I4", "d1") { bench in
                let now = try await bench.now()
                try await bench.edit("d1") { $0.write(now + 1_000_000, at: 11, bytes: 6) }
            } undo: { bench in
                let now = try await bench.now()
                try await bench.edit("d1") { $0.write(now, at: 11, bytes: 6) }
            },
            Corruption("a job that waits is to be cancelled", .flagged, "I1", "r1") { bench in
                try await bench.edit("r1") { $0[3] |= 2 }
            } undo: { bench in
                try await bench.edit("r1") { $0[3] &= ~2 }
            },
            Corruption("a fence above the last", .fence, "I3", "n1") { bench in
                try await bench.redis("HSET", bench.keys.meta, "fence", "5")
            },
            Corruption("a fence that no clock can reach", .fence, "I3", "d1") { bench in
                try await bench.edit("d1") { $0.write(0xFF, at: 23, bytes: 1) }
            } undo: { bench in
                try await bench.edit("d1") { $0.write(0, at: 23, bytes: 7) }
            },
            Corruption("no last fence", .fence, "I3", "x1") { bench in
                try await bench.redis("HDEL", bench.keys.meta, "fence")
            },
        ]

    /// A record that cannot be read; it comes back by hand.
    private static func damage(_ what: String) -> Corruption {
        Corruption("a record with \(what)", .damaged, "I1", "d1") { bench in
            let bytes = try #require(await bench.redis("HGET", bench.keys.jobs, "d1").bytesValue)
            try await bench.redis("HSET", bytes: [Array("saved".utf8), Array("d1".utf8), bytes])
            try await bench.edit("d1") { record in
                switch what {
                case "junk": record = Array("junk".utf8)
                case "an unknown format": record[0] = 9
                case "an unknown state": record[1] = UInt8(ascii: "z")
                case "an unknown list": record[2] = 99
                case "a name beyond the end": record[38] = 255
                case "fields beyond the end": record.write(60_000, at: 36, bytes: 2)
                default:
                    record[3] |= 32
                    record.removeLast(record.count - 38 - Int(record[36]) << 8 - Int(record[37]))
                }
            }
        } undo: { bench in
            let bytes = try #require(await bench.redis("HGET", "saved", "d1").bytesValue)
            try await bench.redis("HSET", bytes: [Array(bench.keys.jobs.utf8), Array("d1".utf8), bytes])
            try await bench.redis("DEL", "saved")
        }
    }

    private static let indexes: [Corruption] = [
        Corruption("a delayed job is not in its index", .unindexed, "I1", "d1") { bench in
            try await bench.redis("ZREM", bench.keys.delayed, "d1")
        },
        Corruption("a dead job is not in its index", .unindexed, "I1", "x1") { bench in
            try await bench.redis("ZREM", bench.keys.dead, "x1")
        },
        Corruption("a kept job is not in its index", .unindexed, "I1", "k1") { bench in
            try await bench.redis("ZREM", bench.keys.kept, "k1")
        },
        Corruption("a delayed job is due at another time", .score, "I4", "d1") { bench in
            try await bench.redis("ZADD", bench.keys.delayed, "99999999999999", "d1")
        },
        Corruption("a dead job died at another time", .score, "I1", "x1") { bench in
            try await bench.redis("ZADD", bench.keys.dead, "5", "x1")
        },
        Corruption("a kept job is dropped at another time", .score, "I1", "k1") { bench in
            try await bench.redis("ZADD", bench.keys.kept, "99999999999999", "k1")
        },
        Corruption("a ready job is not in its list", .missing, "I1", "r1") { bench in
            try await bench.redis("LREM", bench.keys.ready(2), "0", "r1")
        },
        Corruption("no ready job is in its list", .missing, "I1", "u1") { bench in
            try await bench.redis("DEL", bench.keys.ready(2))
            try await bench.redis("HSET", bench.keys.meta, "tomb:2", "0")
        },
        Corruption("a ready job is in the list of another priority", .missing, "I1", "b1") { bench in
            try await bench.redis("LREM", bench.keys.ready(2), "0", "b1")
            try await bench.redis("RPUSH", bench.keys.ready(0), "b1")
        },
        Corruption("a running job has no lease", .unleased, "I1", "n1") { bench in
            try await bench.redis("ZREM", bench.keys.leases, try await bench.lease(of: "n1"))
        },
        Corruption("a job is in two indexes", .stray, "I1", "d1") { bench in
            try await bench.redis("ZADD", bench.keys.dead, "5", "d1")
        },
        Corruption("an entry of a job that is gone", .stray, "I1", "ghost") { bench in
            try await bench.redis("ZADD", bench.keys.kept, "5", "ghost")
        },
        Corruption("a second lease of a job", .stray, "I3", "n1") { bench in
            let expiry = try await bench.now() + 1_000
            try await bench.redis("ZADD", bench.keys.leases, "\(expiry)", "n1:7:node02")
        },
        Corruption("a lease far ahead", .ahead, "I9", "n1") { bench in
            let expiry = try await bench.now() + 7_000_000
            try await bench.redis("ZADD", bench.keys.leases, "XX", "\(expiry)", try await bench.lease(of: "n1"))
        },
        Corruption("a lease that ran out long ago, while workers look", .overdue, "I5", "n1") { bench in
            let expiry = try await bench.now() - 700_000
            try await bench.redis("ZADD", bench.keys.leases, "XX", "\(expiry)", try await bench.lease(of: "n1"))
        } undo: { bench in
            let expiry = try await bench.now() + 5_000
            try await bench.redis("ZADD", bench.keys.leases, "XX", "\(expiry)", try await bench.lease(of: "n1"))
        },
    ]

    private static let besides: [Corruption] = [
        Corruption("a payload that is gone", .payload, "I1", "b1") { bench in
            try await bench.redis("HDEL", bench.keys.big, "b1")
        } undo: { bench in
            try await bench.redis("HSET", bench.keys.big, "b1", String(repeating: "A", count: 600))
        },
        Corruption("a payload that was cut", .payload, "I1", "b1") { bench in
            try await bench.redis("HSET", bench.keys.big, "b1", "A")
        } undo: { bench in
            try await bench.redis("HSET", bench.keys.big, "b1", String(repeating: "A", count: 600))
        },
        Corruption("a result that is gone", .result, "I1", "k1") { bench in
            try await bench.redis("HDEL", bench.keys.big, "k1:r")
        },
        Corruption("a payload of nobody", .stray, "I1", "ghost") { bench in
            try await bench.redis("HSET", bench.keys.big, "ghost", "A")
        },
        Corruption("a result of a job that has none", .stray, "I1", "b1") { bench in
            try await bench.redis("HSET", bench.keys.big, "b1:r", "A")
        },
        Corruption("errors that are gone", .unnoted, "I1", "e1") { bench in
            try await bench.redis("HDEL", bench.keys.errors, "e1")
        },
        Corruption("errors of nobody", .stray, "I1", "ghost") { bench in
            try await bench.redis("HSET", bench.keys.errors, "ghost", "A")
        },
        Corruption("progress that is gone", .unnoted, "I1", "n1") { bench in
            try await bench.redis("HDEL", bench.keys.progress, "n1")
        },
        Corruption("progress of a job that has none", .stray, "I1", "d1") { bench in
            try await bench.redis("HSET", bench.keys.progress, "d1", "A")
        },
        Corruption("a running job to be cancelled that no sweep would tell of", .unnoted, "I1", "n1") { bench in
            try await bench.cancel("n1")
            try await bench.redis("HDEL", bench.keys.cancelling, "n1")
        },
        Corruption("a request to cancel nobody", .stray, "I1", "ghost") { bench in
            try await bench.redis("HSET", bench.keys.cancelling, "ghost", "5 me")
        },
        Corruption("a unique key of a job that is gone", .stray, "I7", "ghost") { bench in
            try await bench.redis("HSET", bench.keys.unique, "key9", "ghost")
        },
        Corruption("a unique key of a job that does not hold it", .stray, "I7", "r1") { bench in
            try await bench.redis("HSET", bench.keys.unique, "key9", "r1")
        },
        Corruption("a unique key of a job that died", .stray, "I7", "u1") { bench in
            try await bench.edit("u1") { $0[1] = UInt8(ascii: "x") }
            try await bench.redis(
                "ZADD", bench.keys.dead, "\(try await bench.snapshot().record("u1").atMilliseconds)", "u1")
            try await bench.redis("HINCRBY", bench.keys.meta, "tomb:2", "1")
        },
        Corruption("a unique key that its job does not hold", .unheld, "I7", "u1") { bench in
            try await bench.redis("HDEL", bench.keys.unique, "key1")
        },
        Corruption("a unique key that somebody has who is gone", .unheld, "I7", "u1") { bench in
            try await bench.redis("HSET", bench.keys.unique, "key1", "ghost")
        },
        Corruption("a job that holds a key which it does not name", .unheld, "I7", "r1") { bench in
            try await bench.edit("r1") { $0[3] |= 64 }
        } undo: { bench in
            try await bench.edit("r1") { $0[3] &= ~64 }
        },
        Corruption("two jobs with one unique key", .unheld, "I7", "u1") { bench in
            try await bench.redis("HDEL", bench.keys.unique, "key1")
            try await bench.enqueue(TestJob("u2") { $0.unique = .key("key1", onConflict: .reject) })
        } undo: { bench in
            try await bench.remove("u2")
            try await bench.redis("HSET", bench.keys.unique, "key1", "u1")
        },
    ]

    private static let counters: [Corruption] = [
        Corruption("too many tombstones counted", .tombs, "I1", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "tomb:2", "3")
        },
        Corruption("tombstones counted in an empty list", .tombs, "I1", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "tomb:0", "3")
        },
        Corruption("no tombstone counted", .tombs, "I1", nil) { bench in
            try await bench.redis("HDEL", bench.keys.meta, "tomb:2")
        },
        Corruption("a hold without end", .hold, "I9", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "hold", "99999999999999")
        },
        Corruption("a look that is to come", .look, "I9", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "look", "99999999999999")
        } undo: { bench in
            try await bench.wasLookedAfter()
        },
        Corruption("a last fence that no clock can reach", .number, "I10", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "fence", "71776119061217280")
        },
        Corruption("a counter that is no number", .number, "I10", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "completed", "many")
        },
        Corruption("a pause that is no number", .number, "I10", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "paused_until", "tomorrow")
        },
        Corruption("a schema that is no number", .number, "I10", nil) { bench in
            try await bench.redis("HSET", bench.keys.meta, "schema", "one")
        } undo: { bench in
            try await bench.redis("HSET", bench.keys.meta, "schema", "1")
        },
        Corruption("a key of another type", .type, "I10", nil) { bench in
            try await bench.redis("SET", bench.keys.recent, "A")
        } undo: { bench in
            try await bench.redis("DEL", bench.keys.recent)
        },
    ]
}
