// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis

/// The script calls of a worker, and what their replies mean.
extension WorkerEngine {
    func advance(_ queue: Int, limit: Int, finished: [WorkerMachine.Outgoing]) {
        let call = calls[queue]
        let lane = call.advance.first { !$0.isBusy } ?? call.advance[0]
        var ended: [[UInt8]] = []
        ended.reserveCapacity(finished.count * 3)
        for outgoing in finished {
            guard case .finish(let result) = outgoing.end else { continue }
            ended.append(outgoing.job.idBytes)
            ended.append(outgoing.job.memberBytes)
            ended.append(result)
        }
        let sentAt = core.reactor.now
        watching { $0.expect(.claim(queue), now: sentAt) }
        lane.advance(
            ended, limit: limit, lease: machineSettings.lease, node: node, seenFence: seenFence(queue)
        ) { [weak self] result in
            guard let self else { return }
            // Another call may be under way, which was not sent before this one.
            let now = core.reactor.now
            let isOther = call.advance.contains { $0 !== lane && $0.isBusy }
            watching { isOther ? $0.turned(.claim(queue), now: now) : $0.rest(.claim(queue)) }
            switch result {
            case .success(let reply):
                let claimed = decode(reply, queue: queue, asked: limit, finished: finished)
                sawFences(queue, claimed.jobs)
                apply { $0.claimed(queue: queue, claimed, now: $1) }
            case .failure(let error):
                // Of a worker that has ended, the jobs that this call was about are named already.
                if !isStopped, error.code != .closed || !finished.isEmpty {
                    logger.error("Claim failed", metadata: ["error": "\(error)", "stint.queue": "\(call.name)"])
                }
                apply { $0.claimFailed(queue: queue, asked: limit, finished: finished.map(\.job), now: $1) }
            }
        }
    }

    private func decode(
        _ reply: Lane.Reply, queue: Int, asked: Int, finished: [WorkerMachine.Outgoing]
    ) -> WorkerMachine.Claimed {
        var claimed = WorkerMachine.Claimed()
        claimed.asked = asked
        claimed.sentAt = reply.firstSent
        claimed.finished = finished.map(\.job)
        guard let parts = reply.value.arrayValue, parts.count >= 5 else {
            logger.error("Claim answered in an unknown form", metadata: ["stint.queue": "\(calls[queue].name)"])
            return claimed
        }
        let lost = Set(parts[1].arrayValue?.compactMap(\.bytesValue) ?? [])
        if !lost.isEmpty { claimed.lost = claimed.finished.filter { lost.contains($0.idBytes) } }
        let entries = parts[2].arrayValue ?? []
        claimed.jobs.reserveCapacity(entries.count / 3)
        for at in stride(from: 0, to: entries.count - 2, by: 3) {
            guard case .bytes(let id) = entries[at], case .bytes(let bytes) = entries[at + 1] else { continue }
            do {
                let record = try JobRecord(bytes)
                let payload = record.payload ?? entries[at + 2].bytesValue ?? []
                claimed.jobs.append(ClaimedJob(queue: queue, idBytes: id, record: record, payload: payload))
            } catch {
                let id = String(decoding: id, as: UTF8.self)
                // Nobody renews its lease, so that goes; the record stays for whoever looks after it: `stint doctor` names it.
                logger.error(
                    "Claimed a record that cannot be read",
                    metadata: ["job.id": "\(id.visible)", "stint.queue": "\(calls[queue].name)", "error": "\(error)"])
            }
        }
        claimed.hasMore = parts[3].integerValue == 1
        if let due = parts[4].integerValue, due >= 0 { claimed.nextDue = .microseconds(due) }
        return claimed
    }

    func fail(_ queue: Int, _ failures: [WorkerMachine.Outgoing]) {
        var arguments: [[UInt8]] = []
        for outgoing in failures {
            guard case .fail(let failure) = outgoing.end else { continue }
            arguments += [
                outgoing.job.idBytes, outgoing.job.memberBytes,
                Array((failure.delay == nil ? "d" : "r").utf8),
                Array("\(failure.delay?.milliseconds ?? 0)".utf8), Array(failure.kind.rawValue.utf8),
                Array((failure.sealedText ?? failure.text).utf8),
            ]
        }
        calls[queue].side.fail(arguments, maxCrashes: settings.maxCrashes) { [weak self] result in
            self?.sideEnded(queue, failures, result)
        }
    }

    func release(_ queue: Int, _ jobs: [WorkerMachine.Outgoing]) {
        var arguments: [[UInt8]] = []
        for outgoing in jobs {
            guard case .handBack(let delay) = outgoing.end else { continue }
            arguments += [
                outgoing.job.idBytes, outgoing.job.memberBytes,
                Array("\(delay?.milliseconds ?? -1)".utf8), Array((outgoing.wasStarted ? "1" : "0").utf8),
            ]
        }
        calls[queue].side.release(arguments) { [weak self] result in self?.sideEnded(queue, jobs, result) }
    }

    /// Reads the code that each job of a `fail` or `release` call got.
    private func sideEnded(
        _ queue: Int, _ outgoing: [WorkerMachine.Outgoing], _ result: Result<Lane.Reply, StintError>
    ) {
        var lost: [ClaimedJob] = []
        switch result {
        case .success(let reply):
            let codes = reply.value.arrayValue.flatMap { $0.count > 1 ? $0[1].bytesValue : nil } ?? []
            for (one, code) in zip(outgoing, codes) {
                switch code {
                case UInt8(ascii: "l"): lost.append(one.job)
                case UInt8(ascii: "d"): died(one)
                default: break
                }
            }
        case .failure(let error):
            if isStopped { break }
            logger.error(
                "Ending attempts failed", metadata: ["error": "\(error)", "stint.queue": "\(calls[queue].name)"])
        }
        apply { [lost] in $0.sideEnded(queue: queue, lost: lost, now: $1) }
    }

    private func died(_ outgoing: WorkerMachine.Outgoing) {
        guard case .fail(let failure) = outgoing.end else { return }
        let job = outgoing.job
        died(
            .init(
                id: job.id, name: job.name, queue: calls[job.queue].name, attempt: job.record.attempt,
                reason: failure.text))
    }

    private func died(_ job: WorkerOptions.DeadJob) {
        logger.warning(
            "Job is dead",
            metadata: [
                "job.id": "\(job.id.description.visible)", "job.name": "\(job.name.visible)",
                "stint.queue": "\(job.queue)",
                "error": "\(job.reason.visible)",
            ])
        settings.onDead?(job)
    }

    /// Reads which jobs the reaper made dead, each as id, name, attempt and reason.
    private func tellDead(_ queue: Int, _ parts: [String]) {
        for at in stride(from: 0, to: parts.count - 3, by: 4) {
            died(
                .init(
                    id: JobID(unchecked: parts[at]), name: parts[at + 1], queue: calls[queue].name,
                    attempt: Int(parts[at + 2]) ?? 0, reason: parts[at + 3]))
        }
    }

    func renew(_ queue: Int, _ tokens: [WorkerMachine.Token], _ members: [String]) {
        let sentAt = core.reactor.now
        core.renew(members, of: calls[queue].keys, lease: machineSettings.lease) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let value):
                turned(.renewal)
                let lost = Set(value.arrayValue?.compactMap(\.string) ?? [])
                apply { $0.renewed(queue: queue, tokens, lost: lost, sentAt: sentAt, now: $1) }
            case .failure(let failure):
                failed(.renewal, StintError(failure))
                apply { $0.renewFailed(queue: queue, tokens, now: $1) }
            }
        }
    }

    func sweep(_ queue: Int) {
        core.sweep(
            calls[queue].keys, lease: machineSettings.lease, interval: machineSettings.sweepInterval,
            maxCrashes: settings.maxCrashes, node: node
        ) { [weak self] result in
            guard let self else { return }
            guard case .success(let value) = result, let parts = value.arrayValue, parts.count >= 10 else {
                let event = ScriptEvent(result, script: "sweep")
                failed(.sweep(queue), event.error ?? .unreadable("The reply of 'sweep'"))
                if !hasLooked(at: queue), let error = event.endsWorker, leavesNothing(queue, error) {
                    refused(queue, error)
                }
                apply { $0.sweepFailed(queue: queue, now: $1) }
                return
            }
            turned(.sweep(queue))
            looked(at: queue)
            var swept = WorkerMachine.Swept()
            swept.isClaimable = parts[1].integerValue == 1
            if let due = parts[2].integerValue, due >= 0 { swept.nextDue = .microseconds(due) }
            swept.isCut = parts[3].integerValue == 1
            swept.isPaused = parts[4].integerValue != 0
            swept.cancelling = parts[5].arrayValue?.compactMap { $0.string.map(JobID.init(unchecked:)) } ?? []
            if let returned = parts[6].integerValue, let died = parts[7].integerValue, returned + died > 0 {
                logger.notice(
                    "Returned jobs of crashed workers",
                    metadata: [
                        "stint.returned": "\(returned)", "stint.died": "\(died)",
                        "stint.queue": "\(calls[queue].name)",
                    ])
            }
            tellDead(queue, parts[9].arrayValue?.compactMap(\.string) ?? [])
            apply { [swept] in $0.swept(queue: queue, swept, now: $1) }
        }
    }

    func trim(_ queue: Int) {
        core.trim(
            calls[queue].keys, deadAge: settings.deadAge, deadCount: settings.deadCount
        ) { [weak self] result in
            // What a bound cut is repeated at once.
            guard let self, case .success(let value) = result, let parts = value.arrayValue, parts.count > 2 else {
                return
            }
            if parts[2].integerValue == 1 { trim(queue) }
        }
    }

    func listen(_ queues: [Int], atMost limit: Duration) {
        // The queues of a cluster are in different places: there is one wait for each.
        let keys = queues.map { calls[$0].keys }
        // The key that is named first is served first: which one that is must not be always the same.
        let first = Int(core.random.next() % UInt64(keys.count))
        let rotated = Array(keys[first...]) + Array(keys[..<first])
        core.listen(rotated, atMost: limit) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let value):
                turned(.wakeUp)
                let key = value.arrayValue?.first?.string
                let queue = key.flatMap { key in queues.first { self.calls[$0].keys.wake == key } }
                apply { $0.woke(queue: queue, of: queues, now: $1) }
            case .failure(.closed):
                break
            case .failure(let failure):
                failed(.wakeUp, StintError(failure))
                // The connection makes itself anew; until then the sweeps look.
                core.reactor.schedule(after: .milliseconds(500)) { [weak self] in
                    self?.apply { $0.woke(queue: nil, of: queues, now: $1) }
                }
            }
        }
    }

    func rewake(_ queue: Int) {
        core.rewake(calls[queue].keys)
    }

    func log(_ report: WorkerMachine.Report) {
        let (message, job): (String, ClaimedJob)
        switch report {
        case .unknownName(let claimed): (message, job) = ("No handler for a job's name; handed it back", claimed)
        case .leaseLost(let claimed): (message, job) = ("Lost a job's lease", claimed)
        case .wedged(let claimed):
            (message, job) = ("A handler ignores its cancellation; its slot stays taken", claimed)
        case .staleClaim(let claimed):
            (message, job) = ("A claim was answered too late; handed the job back", claimed)
        case .unrecorded(let outgoing):
            let what =
                if case .handBack = outgoing.end { "A job was not handed back" } else { "A job's end was not recorded" }
            (message, job) = ("\(what), as far as Redis answered: it will run again", outgoing.job)
        case .waitsForPaused(let queue):
            logger.warning(
                "The worker ends once its queues are empty, and this one is paused: it waits until claims go on",
                metadata: ["stint.queue": "\(calls[queue].name)"])
            return
        }
        logger.warning(
            "\(message)",
            metadata: [
                "job.id": "\(job.id.description.visible)", "job.name": "\(job.name.visible)",
                "stint.queue": "\(calls[job.queue].name)",
                "job.attempt": "\(job.record.attempt)",
            ])
    }
}
