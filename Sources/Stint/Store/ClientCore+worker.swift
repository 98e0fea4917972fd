// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// The calls of a worker that may be repeated as they are; each is sent once and reports on the reactor.
extension ClientCore {
    /// Takes what Redis answered.
    typealias Answer = @Sendable (Result<RedisValue, RedisFailure>) -> Void

    /// Renews leases.
    func renew(_ members: [String], of keys: QueueKeys, lease: Duration, answer: @escaping Answer) {
        let call = Scripts.renew(keys, leaseMs: Int(lease.milliseconds), members: members.map { Array($0.utf8) })
        // Where Redis is away the connection is made anew the sooner, the less time the waiting commands have: after an
        // outage the reaper holds for one lease only, in which every worker must be back.
        run(call, timeout: min(commandTimeout, lease / 2), completion: answer)
    }

    /// Looks after a queue.
    func sweep(
        _ keys: QueueKeys, lease: Duration, interval: Duration, maxCrashes: Int, node: String,
        answer: @escaping Answer
    ) {
        run(
            Scripts.sweep(
                keys, leaseMs: Int(lease.milliseconds), intervalMs: Int(interval.milliseconds), maxCrashes: maxCrashes,
                node: node), completion: answer)
    }

    /// Drops what is kept no longer.
    func trim(_ keys: QueueKeys, deadAge: Duration, deadCount: Int, answer: @escaping Answer) {
        run(Scripts.trim(keys, deadAgeMs: Int(deadAge.milliseconds), deadCount: deadCount), completion: answer)
    }

    /// Waits for a wake-up of one of the queues; the first one named is served first.
    func listen(_ queues: [QueueKeys], atMost limit: Duration, answer: @escaping Answer) {
        let command = RedisCommand("BZPOPMIN", queues.map(\.wake) + ["\(limit.milliseconds / 1000)"])
        blocking.send(command, timeout: limit + .seconds(2), completion: answer)
    }

    /// Sets a wake marker again that could not be used.
    func rewake(_ keys: QueueKeys) { run(Scripts.rewake(keys)) { _ in } }

    /// Writes how far a running job is.
    func setProgress(_ text: String, of job: ClaimedJob, in keys: QueueKeys, answer: @escaping Answer) {
        run(Scripts.progress(keys, id: job.id.description, member: job.member, text: text), completion: answer)
    }

    /// Appends lines to a running job's log, which keeps `most` of them for `time`.
    func log(
        _ lines: [[UInt8]], first: Int, of job: ClaimedJob, in keys: QueueKeys, most: Int, time: Duration,
        answer: @escaping Answer
    ) {
        run(
            Scripts.log(
                keys, log: keys.log(job.id.description), member: job.member, attempt: "\(job.record.attempt)",
                first: first, maxLines: most, ttlMs: Int(time.milliseconds), lines: lines), completion: answer)
    }

    /// Tells the registry of a worker.
    func beat(node: String, details: [UInt8], served: [String], answer: @escaping Answer) {
        run(
            Scripts.beat(
                queues: keys.queues, nodes: keys.nodes, nodeDetails: keys.nodeDetails, node: node, details: details,
                served: served.map { Array($0.utf8) }), completion: answer)
    }

    /// Takes a worker out of the registry.
    func leave(node: String, answer: @escaping Answer) {
        run(Scripts.leave(nodes: keys.nodes, nodeDetails: keys.nodeDetails, node: node), completion: answer)
    }

    /// Makes Redis know the scripts that write progress and logs.
    ///
    /// One that it does not know is sent again in full behind what was sent meanwhile: the lines of a quick attempt would
    /// come after its end, when its lease is gone, and be refused.
    func loadNotes() async {
        for script in [Scripts.progressScript, Scripts.logScript] {
            // Without the right to load, only the first lines of a quick attempt are lost.
            for server in (try? await primaries()) ?? [] {
                _ = try? await send(RedisCommand("SCRIPT", "LOAD", script.source), to: server)
            }
        }
    }
}
