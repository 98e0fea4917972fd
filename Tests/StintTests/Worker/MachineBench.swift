// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

@testable import Stint

/// Feeds a machine events and keeps what it asked for.
struct MachineBench {
    struct Advance: Equatable {
        var queue: Int
        var limit: Int
        var finished: Int
    }

    var machine: WorkerMachine
    var now: Duration = .zero
    var advances: [Advance] = []
    var sweeps: [Int] = []
    var listens: [[Int]] = []
    var rewakes: [Int] = []
    var renewals: [Int] = []
    var renewedMembers: [Int] = []
    /// The queues of the renewals.
    var renewedQueues: [Int] = []
    var releases: [Int] = []
    var failures: [Int] = []
    var started: [WorkerMachine.Token] = []
    var members: [WorkerMachine.Token: String] = [:]
    var cancelled: [WorkerMachine.Token] = []
    var alarms: [(WorkerMachine.Alarm, Duration)] = []
    var hasStopped = false
    var toldPauses: [Int] = []
    private var nextID = 0
    /// The finished jobs of the calls that have no answer yet, oldest call first.
    private var carried: [(queue: Int, jobs: [ClaimedJob])] = []

    init(
        slots: Int, queues: [(String, Int)] = [("default", 1)], random: any RandomSource = SplitMix64(seed: 1),
        change: (inout WorkerSettings) -> Void = { _ in }
    ) {
        var settings = WorkerSettings(
            queues: queues.map { .init(name: $0.0, weight: $0.1) }, slots: slots, handles: { ($0, nil) })
        change(&settings)
        machine = WorkerMachine(settings: settings, random: random)
    }

    mutating func perform(_ event: (inout WorkerMachine, Duration) -> [WorkerMachine.Action]) {
        for action in event(&machine, now) {
            switch action {
            case .advance(let queue, let limit, let finished):
                advances.append(.init(queue: queue, limit: limit, finished: finished.count))
                carried.append((queue, finished.map(\.job)))
            case .fail(_, let jobs): failures.append(jobs.count)
            case .release(_, let jobs): releases.append(jobs.count)
            case .renew(let queue, let tokens, let members):
                renewedQueues.append(queue)
                renewals.append(tokens.count)
                renewedMembers.append(members.count)
            case .sweep(let queue): sweeps.append(queue)
            case .listen(let queues, _): listens.append(queues)
            case .rewake(let queue): rewakes.append(queue)
            case .start(let token, let job):
                started.append(token)
                members[token] = job.member
            case .cancel(let token): cancelled.append(token)
            case .alarm(let alarm, let delay): alarms.append((alarm, delay))
            case .stopped: hasStopped = true
            case .report(.waitsForPaused(let queue)): toldPauses.append(queue)
            case .trim, .report: break
            }
        }
    }

    mutating func answer(
        _ queue: Int, jobs count: Int, hasMore: Bool = false, asked: Int? = nil, nextDue: Duration? = nil,
        sentAt: Duration? = nil, timeout: Int64 = 0
    ) {
        var reply = WorkerMachine.Claimed()
        for _ in 0..<count {
            nextID += 1
            reply.jobs.append(Self.job(queue, nextID, timeout))
        }
        reply.asked = asked ?? advances.last { $0.queue == queue }?.limit ?? 0
        reply.hasMore = hasMore
        reply.nextDue = nextDue
        reply.sentAt = sentAt ?? now
        if let call = carried.firstIndex(where: { $0.queue == queue }) {
            reply.finished = carried.remove(at: call).jobs
        }
        perform { $0.claimed(queue: queue, reply, now: $1) }
    }

    mutating func end(_ tokens: [WorkerMachine.Token], _ end: AttemptEnd = .finish(result: [])) {
        perform { $0.ended(tokens.map { ($0, end) }, now: $1) }
    }

    private static func job(_ queue: Int, _ number: Int, _ timeout: Int64) -> ClaimedJob {
        var record = JobRecord(
            state: .running, list: 2, priority: .normal, flags: [], attempt: 1, crashes: 0, returns: 0, maxAttempts: 5,
            enqueuedMilliseconds: 0, atMilliseconds: 0, fence: Int64(number), node: "node00", name: "work")
        record.timeoutMilliseconds = timeout
        return ClaimedJob(queue: queue, idBytes: Array("j\(number)".utf8), record: record, payload: [])
    }
}
