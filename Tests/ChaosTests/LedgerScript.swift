// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

@testable import stint_chaos

/// Writes an append-only file as Redis would for scripts of Stint.
struct LedgerScript {
    /// Redis time of every step, milliseconds.
    static let time: Int64 = 1_800_000_000_000

    private(set) var bytes: [UInt8] = []

    var ledger: Ledger {
        var ledger = Ledger()
        bytes.withUnsafeBytes { ledger.replay($0) }
        return ledger
    }

    /// Appends the writes of one script.
    mutating func step(_ commands: [any LedgerArgument]...) {
        if commands.count > 1 { append(["MULTI"]) }
        for command in commands { append(command) }
        if commands.count > 1 { append(["EXEC"]) }
    }

    func added(_ id: String) -> Self {
        var script = self
        script.step(["HSET", "{stint:q}:jobs", id, Self.record("r", 0)])
        return script
    }

    func claimed(_ id: String, _ fence: Int64) -> Self {
        var script = self
        script.step(
            ["HSET", "{stint:q}:jobs", id, Self.record("n", fence)],
            ["ZADD", "{stint:q}:leases", "\(Self.time + 2000)", "\(id):\(fence):node01"])
        return script
    }

    func finished(_ id: String, _ fence: Int64, total: Int) -> Self {
        var script = self
        script.step(
            ["ZREM", "{stint:q}:leases", "\(id):\(fence):node01"], ["HDEL", "{stint:q}:jobs", id],
            ["HSET", "{stint:q}:meta", "lease", "2000", "completed", "\(total)"],
            ["SET", "{stint:q}:lane:x", "1:,", "PXAT", "\(Self.time + 600_000)"])
        return script
    }

    func returned(_ id: String, _ fence: Int64, crashes: UInt8) -> Self {
        var script = self
        script.step(
            ["ZREM", "{stint:q}:leases", "\(id):\(fence):node01"],
            ["HSET", "{stint:q}:jobs", id, Self.record("r", fence, crashes: crashes, attempt: UInt8(crashes))],
            ["LPUSH", "{stint:q}:ready:2", id])
        return script
    }

    /// A record's header.
    static func record(
        _ state: Character, _ fence: Int64, at: Int64 = time, crashes: UInt8 = 0, attempt: UInt8 = 1
    ) -> [UInt8] {
        func number(_ value: Int64, _ bytes: Int) -> [UInt8] {
            (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
        }
        let head: [UInt8] = [1, state.asciiValue ?? 0, 48 + 9, 0, 0, 0, attempt, crashes, 0, 0, 0]
        return head + number(time, 6) + number(at, 6) + number(fence, 7) + Array("node01".utf8) + [0, 0]
    }

    private mutating func append(_ command: [any LedgerArgument]) {
        let arguments = command.map(\.ledgerBytes)
        bytes += RedisCommand(String(decoding: arguments[0], as: UTF8.self), Array(arguments.dropFirst())).bytes
    }
}

/// What a command is made of.
protocol LedgerArgument { var ledgerBytes: [UInt8] { get } }

extension String: LedgerArgument { var ledgerBytes: [UInt8] { Array(utf8) } }

extension [UInt8]: LedgerArgument { var ledgerBytes: [UInt8] { self } }
