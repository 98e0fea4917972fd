// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// The calls that need a lane, as they do not give the same reply twice by themselves.
extension Lane {
    /// What is done to jobs that are named by their ids.
    enum Change: Sendable {
        case cancel(by: String, JobsMeant)
        case retryDead
        case remove(JobsMeant)
        case promote

        /// Who may do it.
        var roles: [AccessRole] {
            switch self {
            case .cancel: [.operator, .producer]
            case .retryDead, .remove, .promote: [.operator]
            }
        }
    }

    func enqueue(_ entries: [[UInt8]], completion: @escaping Completion) {
        call(
            { [keys] lane, number in Scripts.enqueue(keys, lane: lane, number: number, entries: entries) },
            completion: completion)
    }

    /// Finishes jobs, each given as id, lease and result, and claims others.
    func advance(
        _ finished: [[UInt8]], limit: Int, lease: Duration, node: String, seenFence: Int,
        completion: @escaping Completion
    ) {
        call(
            { [keys] lane, number in
                Scripts.advance(
                    keys, lane: lane, number: number, leaseMs: Int(lease.milliseconds), limit: limit, node: node,
                    seenFence: seenFence, finished: finished)
            }, completion: completion)
    }

    /// Notes failures, each given as id, lease, action, delay, kind and text.
    func fail(_ failures: [[UInt8]], maxCrashes: Int, completion: @escaping Completion) {
        call(
            { [keys] lane, number in
                Scripts.fail(keys, lane: lane, number: number, maxCrashes: maxCrashes, failures: failures)
            }, completion: completion)
    }

    /// Hands jobs back, each given as id, lease, delay and whether it was started.
    func release(_ handed: [[UInt8]], completion: @escaping Completion) {
        call(
            { [keys] lane, number in Scripts.release(keys, lane: lane, number: number, handed: handed) },
            completion: completion)
    }

    /// Changes jobs and returns a code for each.
    func change(_ change: Change, _ ids: [[UInt8]]) async throws(StintError) -> [UInt8] {
        let reply = try await core.call(in: self) { [keys] lane, number in
            switch change {
            case .cancel(let who, let meant):
                Scripts.cancel(
                    keys, lane: lane, number: number, who: who, states: meant.states, seenMs: meant.seenMilliseconds,
                    ids: ids)
            case .retryDead: Scripts.retryDead(keys, lane: lane, number: number, ids: ids)
            case .remove(let meant):
                Scripts.remove(
                    keys, lane: lane, number: number, states: meant.states, seenMs: meant.seenMilliseconds, ids: ids)
            case .promote: Scripts.promote(keys, lane: lane, number: number, ids: ids)
            }
        }
        return reply.arrayValue?.last?.bytesValue ?? []
    }

    /// Deletes a slice of an index behind the first `skip` entries; returns how many jobs went, how many newer ones were
    /// passed over, and whether there are entries behind these.
    func purge(
        source: String, limit: Int, untilMilliseconds: Int64, skip: Int
    ) async throws(StintError) -> (deleted: Int, passed: Int, hasMore: Bool) {
        let reply = try await core.call(in: self) { [keys] lane, number in
            Scripts.purge(
                keys, lane: lane, number: number, source: source, limit: limit, untilMs: Int(untilMilliseconds),
                skip: skip)
        }
        guard let values = reply.arrayValue, values.count == 4, let deleted = values[1].integerValue,
            let passed = values[2].integerValue
        else { throw .unreadable("The reply of 'purge'") }
        return (Int(deleted), Int(passed), values[3].integerValue != 0)
    }
}
