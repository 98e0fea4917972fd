// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting

/// The worker processes of a run: each that is killed, or ends by itself, is followed by a new one.
actor WorkerPool {
    private struct Member {
        var process: RoleProcess
        /// Somebody is about to do something to it.
        var isTaken = false
        /// One that is left alone, so that its memory can be watched.
        let isSpared: Bool
    }

    private let start: @Sendable (_ index: Int) throws -> RoleProcess
    private let log: FaultLog
    private let random: SplitMix64
    private var members: [Member] = []
    private var isEnding = false

    init(log: FaultLog, random: SplitMix64, start: @escaping @Sendable (_ index: Int) throws -> RoleProcess) {
        self.log = log
        self.random = random
        self.start = start
    }

    /// Starts so many workers, of which the first ones are spared.
    func begin(_ count: Int, spared: Int) throws {
        for index in 0..<count { members.append(Member(process: try start(index), isSpared: index < spared)) }
    }

    /// The processes, with whether each is spared.
    var processes: [(process: RoleProcess, isSpared: Bool)] { members.map { ($0.process, $0.isSpared) } }

    /// Kills a worker with SIGKILL and starts another.
    func kill() async throws {
        guard let index = take() else { return }
        let process = members[index].process
        log.append(.kill, "\(process.pid)")
        process.signal(SIGKILL)
        _ = await process.wait(within: .seconds(60))
        members[index] = Member(process: try start(index), isSpared: false)
    }

    /// Stops a worker for a time and lets it go on.
    func stop(for time: Duration) async throws {
        guard let index = take() else { return }
        let process = members[index].process
        log.append(.stop, "\(process.pid)")
        process.signal(SIGSTOP)
        try? await Task.sleep(for: time)
        log.append(.goOn, "\(process.pid)")
        process.signal(SIGCONT)
        members[index].isTaken = false
    }

    /// Starts others for those that ended by themselves.
    func replaceEnded() throws {
        for index in members.indices where !members[index].isTaken && !isEnding {
            let process = members[index].process
            guard let end = process.end() else { continue }
            log.append(.ended, "\(process.pid) \(end)")
            members[index] = Member(process: try start(index), isSpared: members[index].isSpared)
        }
    }

    /// Lets all of them drain, and returns how they ended.
    func end() async -> [Int32] {
        isEnding = true
        for member in members { member.process.signal(SIGTERM) }
        var ends: [Int32] = []
        for member in members {
            if let end = await member.process.wait(within: .seconds(60)) {
                ends.append(end)
            } else {
                member.process.signal(SIGKILL)
                ends.append(-1)
            }
        }
        return ends
    }

    private func take() -> Int? {
        let free = members.indices.filter { !members[$0].isTaken && !members[$0].isSpared }
        guard !free.isEmpty else { return nil }
        let index = free[Int(random.next() % UInt64(free.count))]
        members[index].isTaken = true
        return index
    }
}
