// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What Redis accepted, replayed from its append-only files: every write of every script, in order.
///
/// Nothing in it passed through Stint's client, and no script's answer is believed. The harness keeps Redis from deleting
/// old files (`aof-disable-auto-gc`), so they are the whole story from the first write on. Each script is one step;
/// its time is read off the expiry that it gives its lane.
struct Ledger {
    /// What is known of one job.
    struct Job {
        var state = UInt8(ascii: "-")
        var fence: Int64 = 0
        var node = ""
        var highestFence: Int64 = 0
        /// Delayed: due at, Redis time.
        var due: Int64 = 0
        var added = 0
        /// The fences of its claims.
        var claims: [Int64] = []
        var failures = 0
        var handBacks = 0
        var crashes = 0
        var finishes: [Finish] = []
        var died = 0
    }

    /// An accepted finish.
    struct Finish {
        let fence: Int64
        /// Redis time, milliseconds.
        let time: Int64
        /// The fence that the handler returned as the job's result, where the result was kept.
        let result: Int64?
    }

    /// A lease that the reaper ended.
    struct Reap {
        let id: String
        let fence: Int64
        let node: String
        /// Redis time, milliseconds, and the expiry that the lease had.
        let time: Int64
        let expiry: Int64
        /// How many crashes the job has had with this one.
        let crash: Int
        /// Its ready list, the most urgent 0.
        let list: Int
    }

    var jobs: [String: Job] = [:]
    var reaps: [Reap] = []
    /// Times, by Redis' clock in milliseconds, during which nobody was to be reaped.
    var holds: [Range<Int64>] = []
    /// Finishes, failures and hand-backs that Redis refused since their lease was gone.
    var refused = 0
    var notes = 0
    var steps = 0
    /// Writes that no script may make: a finish without its lease, a fence that does not grow, a note of an old lease.
    var violations: [String] = []

    private var keys = KeyTable()
    /// When each lease that is held expires, by its member.
    private var expiries: [String: Int64] = [:]
    private var completed: [Int: Int64] = [:]
    private var holdEnds: [Int: Int64] = [:]

    /// Replays the files of a folder.
    init(folder: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name -> (Int, String)? in
            let parts = name.split(separator: ".")
            guard parts.count == 5, parts[3] == "incr", let number = Int(parts[2]) else { return nil }
            return (number, "\(folder)/\(name)")
        }
        for (_, path) in files.sorted(by: { $0.0 < $1.0 }) {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
            data.withUnsafeBytes { replay($0) }
        }
    }

    /// Replays commands without a folder.
    init() {}

    mutating func replay(_ bytes: UnsafeRawBufferPointer) {
        var reader = AppendOnlyReader(bytes)
        var step: [[UnsafeRawBufferPointer]] = []
        var isInStep = false
        while let command = reader.next() {
            guard let name = command.first else { continue }
            if name.count == 5, name.elementsEqual("MULTI".utf8) {
                isInStep = true
                step = []
            } else if name.count == 4, name.elementsEqual("EXEC".utf8) {
                apply(step)
                isInStep = false
            } else if isInStep {
                step.append(command)
            } else {
                apply([command])
            }
        }
    }

    mutating func violate(_ text: String) {
        if violations.count < 1000 { violations.append(text) }
    }

    private mutating func apply(_ commands: [[UnsafeRawBufferPointer]]) {
        steps += 1
        var step = LedgerStep(commands, &keys)
        for (command, key) in zip(commands, step.kinds) { apply(command, key, &step) }
        guard let (queue, total) = step.completed else { return }
        if total - (completed[queue] ?? 0) != Int64(step.finished) {
            violate(
                "the counter 'completed' grew by \(total - (completed[queue] ?? 0)), and \(step.finished) jobs ended")
        }
        completed[queue] = total
    }

    private mutating func apply(_ command: [UnsafeRawBufferPointer], _ key: KeyTable.Kind, _ step: inout LedgerStep) {
        switch (key, command[0].text) {
        case (.jobs, "HSET"):
            for at in stride(from: 2, to: command.count - 1, by: 2) {
                write(command[at].text, command[at + 1], &step)
            }
        case (.jobs, "HDEL"):
            for id in command.dropFirst(2) { delete(id.text, &step) }
        case (.leases, "ZADD"):
            for at in stride(from: command.count - 2, to: 1, by: -2) where command[at].first != UInt8(ascii: "X") {
                expiries[command[at + 1].text] = Int64(command[at].text)
            }
        case (.progress, "HSET"):
            for at in stride(from: 2, to: command.count - 1, by: 2) {
                checkNote(command[at].text, command[at + 1].text)
            }
        case (.log(let id), "XADD"):
            if let line = command.last?.text { checkNote(id, line) }
        case (.meta(let queue), "HSET"):
            for at in stride(from: 2, to: command.count - 1, by: 2) where command[at].elementsEqual("hold".utf8) {
                hold(queue, until: Int64(command[at + 1].text) ?? 0, lease: step.lease)
            }
        case (.lane, "SET"): refused += step.refused
        default: break
        }
    }

    private mutating func hold(_ queue: Int, until end: Int64, lease: Int64) {
        guard end > holdEnds[queue] ?? 0 else { return }
        holdEnds[queue] = end
        holds.append(end - lease..<end)
    }

    /// When the lease would have expired.
    func expiry(_ member: String) -> Int64 { expiries[member] ?? 0 }

    mutating func takeExpiry(_ member: String) { expiries[member] = nil }

    /// A progress text or log line that names the fence it was written under.
    private mutating func checkNote(_ id: String, _ text: String) {
        guard let range = text.range(of: "fence "), let fence = Int64(text[range.upperBound...]) else { return }
        notes += 1
        guard let job = jobs[id], job.state == UInt8(ascii: "n"), job.fence == fence else {
            violate("\(id): a note of fence \(fence) was accepted, the job is under \(jobs[id]?.fence ?? 0)")
            return
        }
    }
}
