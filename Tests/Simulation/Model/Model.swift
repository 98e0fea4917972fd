// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import StintTesting

/// An independent model of all queues: it sees every call in the order in which Redis carried them out, computes what
/// must have come of each from the documented rules, and compares that with the reply.
///
/// So a finish that is accepted under a stale fence, a reap under a hold, a lost lane that is taken for a new one, or
/// an attempt that is counted wrongly is found at the call that does it.
final class Model {
    struct Lane {
        var number: Int64
        var expiresMs: Int64
        var reply: RedisValue?
    }

    /// What was seen of a claim.
    struct Claim {
        /// When it was made or last renewed, by the simulation's clock.
        var at: Duration
        var starts = 0
        /// Whether the worker was seen to know of it: a reply that never came leaves a claim that nobody knows.
        var isKnown = false
    }

    var queues: [String: ModelQueue] = [:]
    var lanes: [String: Lane] = [:]
    /// Every claim there was, by queue and lease.
    ///
    /// Two queues may issue the same lease, for jobs of the same id.
    var claims: [String: Claim] = [:]
    /// What Redis did with each enqueue, by the number in its tag; one that was carried out twice has two.
    var enqueued: [Int: [(code: UInt8, holder: String)]] = [:]
    /// Called for each job that is reaped, before it is.
    var onReap: ((ModelQueue, ModelJob) -> Void)?
    var onFinding: ((String) -> Void)?

    /// Redis time in milliseconds, rounded up.
    private var nextMs: Int64 = 0
    /// Redis time of the call that is observed, in microseconds.
    private(set) var nowUs: Int64 = 0

    /// What the claims of a queue are kept under.
    static func claimKey(_ queue: String, _ member: String) -> String { "\(queue) \(member)" }

    func find(_ what: String) { onFinding?(what) }

    /// When a delay that begins now is over: rounded up, so that nothing begins early.
    func due(in delay: Int64, _ nowMs: Int64) -> Int64 { delay > 0 ? nextMs + delay : nowMs }

    /// Finds something unless `wanted` and `found` are the same.
    func expect<Value: Equatable>(
        _ call: ObservedCall, _ what: @autoclosure () -> String, wanted: Value, found: Value
    ) {
        if wanted != found { find("\(call.script) \(call.queue): \(what()) must be \(wanted) and is \(found)") }
    }

    /// Judges a call and its reply, and follows it.
    ///
    /// - Parameter nowUs: Redis time in microseconds.
    func observe(_ call: ObservedCall, _ reply: RedisValue, nowUs: Int64, at: Duration) {
        let nowMs = nowUs / 1_000
        self.nowUs = nowUs
        nextMs = (nowUs + 999) / 1_000
        if call.script == "open_lane" {
            lanes[call.lastKey] = Lane(number: 0, expiresMs: nowMs + 600_000)
            return
        }
        let isInLane = [
            "enqueue", "advance", "fail", "release", "cancel", "retry_dead", "promote", "remove", "purge",
        ].contains(call.script)
        if isInLane, !passesLane(call, reply, nowMs) { return }
        // Taken out, so that it is changed in place and not copied.
        var queue = queues.removeValue(forKey: call.queue) ?? ModelQueue(name: call.queue)
        defer { queues[call.queue] = queue }
        if queue.isPaused(nowMs) { queue.openSince = at }
        let parts = reply.arrayValue ?? []
        switch call.script {
        case "enqueue": enqueue(call, parts, &queue, nowMs, at)
        case "advance": advance(call, parts, &queue, nowMs, at)
        case "fail": fail(call, parts, &queue, nowMs, at)
        case "release": release(call, parts, &queue, nowMs, at)
        case "renew": renew(call, parts, &queue, nowMs, at)
        case "sweep": sweep(call, parts, &queue, nowMs, at)
        case "trim": trim(call, parts, &queue, nowMs)
        case "cancel", "retry_dead", "remove", "purge", "promote", "await":
            operate(call, parts, &queue, nowMs, at)
        case "register", "rewake": break
        case "pause":
            let time = call.number(0)
            queue.pausedUntilMs = time > 0 ? nowMs + time : 0
        case "resume":
            expect(
                call, "the answer whether it was paused", wanted: queue.isPaused(nowMs) ? 1 : 0,
                found: parts.last?.integerValue ?? -1)
            queue.pausedUntilMs = nil
            queue.openSince = at
        case "configure": if call.text(0) == "lease" { queue.setLease(Int64(call.text(1)), nowMs) }
        case "progress":
            let isHeld = queue.running(call.text(0), call.text(1)) != nil
            expect(call, "the answer to \(call.text(1))", wanted: isHeld ? 1 : 0, found: reply.integerValue ?? -1)
        case "log":
            let id = String(call.text(0).prefix { $0 != ":" })
            let isHeld = queue.running(id, call.text(0)) != nil
            expect(call, "the answer to \(call.text(0))", wanted: isHeld ? 1 : 0, found: reply.integerValue ?? -1)
        default: find("the model does not know the script '\(call.script)'")
        }
    }

    /// Whether the call is a new one of its lane; otherwise nothing may have been done.
    private func passesLane(_ call: ObservedCall, _ reply: RedisValue, _ nowMs: Int64) -> Bool {
        let number = call.number(0)
        // Redis drops an expired key when it meets it; a clock set back later does not bring it back.
        if let lane = lanes[call.lastKey], nowMs > lane.expiresMs { lanes[call.lastKey] = nil }
        let isLost = reply.arrayValue?.count == 1 && reply.arrayValue?.first?.integerValue == -1
        guard let lane = lanes[call.lastKey], number == lane.number + 1 || (number == lane.number && number > 0) else {
            if !isLost { find("\(call.text): the lane is lost, and the call was carried out or answered") }
            return false
        }
        guard !isLost else {
            find("\(call.text): the lane is there, and the answer is that it is lost")
            return false
        }
        if number == lane.number {
            checkRepetition(call, reply, lane)
            return false
        }
        lanes[call.lastKey] = Lane(number: number, expiresMs: nowMs + 600_000, reply: reply)
        return true
    }

    /// A repeated call answers as the first time; an `advance` leaves out what is no longer held.
    private func checkRepetition(_ call: ObservedCall, _ reply: RedisValue, _ lane: Lane) {
        guard call.script == "advance" else {
            if reply != lane.reply { find("\(call.text): the repetition is answered differently") }
            return
        }
        let before = lane.reply?.arrayValue ?? []
        let after = reply.arrayValue ?? []
        guard before.count == 5, after.count == 5 else { return find("\(call.text): an unknown form of reply") }
        expect(call, "what is lost, when repeated", wanted: before[1], found: after[1])
        let first = Self.claimed(before)
        let again = Self.claimed(after)
        let still = first.filter { id, record in
            guard let record, let job = queues[call.queue]?.jobs[id] else { return false }
            return job.state == .running && job.fence == record.fence
        }
        expect(call, "the claims, when repeated", wanted: still.map(\.0), found: again.map(\.0))
    }

    /// The ids and records that an `advance` answered.
    static func claimed(_ parts: [RedisValue]) -> [(String, JobRecord?)] {
        let entries = parts.count > 2 ? parts[2].arrayValue ?? [] : []
        return stride(from: 0, to: entries.count - 2, by: 3).map { at in
            (entries[at].string ?? "?", entries[at + 1].bytesValue.flatMap { try? JobRecord($0) })
        }
    }
}

extension Model {
    /// Redis leaves expired keys out when it reads its data.
    func dropExpiredLanes(_ nowMs: Int64) {
        lanes = lanes.filter { $0.value.expiresMs >= nowMs }
    }
}
