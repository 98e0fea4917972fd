// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

extension ModelRun {
    func lane() -> String { pick([ScriptBench.laneName, "second"]) }

    /// Makes a new call in a lane.
    mutating func performInLane(_ step: Step) async throws -> Outcome {
        let lane = lane()
        let number = (calls[lane]?.number ?? 0) + 1
        let (call, body, words) = try make(step, keys.lane(lane), number)
        let outcome = try await run(call, lane, number, body, words)
        // A call that was refused did not use up its number.
        if outcome.reply != .laneLost, model.lanes[lane]?.number == number {
            calls[lane] = LaneCall(number: number, call: call, model: body)
        } else if outcome.reply == .laneLost {
            calls[lane] = nil
            planned.insert((0, .openLane), at: 0)
        }
        return outcome
    }

    /// Sends a lane's last call again, or with a number that is out of step.
    mutating func repeatCall(_ last: LaneCall, _ lane: String, offset: Int) async throws -> Outcome {
        let number = max(0, last.number + offset)
        let arguments = [Array("\(number)".utf8)] + last.call.arguments.dropFirst()
        let call = ScriptCall(script: last.call.script, keys: last.call.keys, arguments: arguments)
        return try await run(call, lane, number, last.model, ["again"])
    }

    private mutating func run(
        _ call: ScriptCall, _ lane: String, _ number: Int, _ body: LaneBody, _ words: [String]
    ) async throws -> Outcome {
        let reply = model.call(lane, number, body)
        if case .list(let parts) = reply, parts.count == 5, case .list(let claimed) = parts[2] {
            for at in stride(from: 0, to: claimed.count, by: 3) {
                guard case .text(let id) = claimed[at], case .record(let record) = claimed[at + 1] else { continue }
                leases = (leases + [(id, "\(id):\(record.fence):\(record.node)")]).suffix(12)
            }
        }
        let actual = try await bench.run(call)
        return ("\(call.script.name) \(lane) \(number) \(words.joined(separator: " "))", reply, actual)
    }

    /// Which jobs a call may touch, and the letters of their states.
    private func meant() -> (QueueModel.Meant, letters: String) {
        let states = Set(JobState.allCases.filter { _ in number(2) == 0 })
        let codes = states.map(\.recordCode).sorted()
        return (.init(states: states, seen: pick([0, 0, someTime()])), String(decoding: codes, as: UTF8.self))
    }

    /// When one of the jobs was enqueued, or a time at which none was.
    private func someTime() -> Int64 { pick(model.jobs.values.map(\.enqueued).sorted() + [1]) }

    private func make(
        _ step: Step, _ lane: String, _ number: Int
    ) throws -> (call: ScriptCall, body: LaneBody, words: [String]) {
        switch step {
        case .enqueue:
            let jobs = (0...self.number(4)).map { _ in job() }
            let call = Scripts.enqueue(keys, lane: lane, number: number, entries: try bench.entries(jobs))
            return (call, { $0.enqueue(jobs) }, jobs.map(\.id))
        case .advance:
            let finished = (0..<self.number(3)).map { _ -> QueueModel.Finish in
                let (id, lease) = held()
                return (id, lease, String(repeating: "r", count: pick([0, 5, 600])))
            }
            let (limit, node, lease) = (self.number(4), node(), pick([Self.lease, Self.lease, 7_000]))
            let seen = pick([0, 0, model.microseconds + 90])
            let call = Scripts.advance(
                keys, lane: lane, number: number, leaseMs: Int(lease), limit: limit, node: node, seenFence: Int(seen),
                finished: finished.flatMap { bytes([$0.id, $0.lease, $0.result]) })
            return (
                call, { $0.advance(finished, limit: limit, lease: lease, node: node, seen: seen) },
                finished.map(\.lease) + ["limit \(limit)"]
            )
        case .fail:
            let failures = (0...self.number(2)).map { _ -> QueueModel.Failure in
                let (id, lease) = held()
                return (id, lease, pick(["r", "r", "d"]), pick([0, 1, 4_000]), pick(["e", "c", "t"]), "broken")
            }
            let list = failures.flatMap { bytes([$0.id, $0.lease, $0.action, "\($0.delay)", $0.kind, $0.text]) }
            let call = Scripts.fail(keys, lane: lane, number: number, maxCrashes: 3, failures: list)
            return (call, { $0.fail(failures, maxCrashes: 3) }, failures.map { "\($0.lease) \($0.action)\($0.kind)" })
        case .release:
            let handed = (0...self.number(2)).map { _ -> QueueModel.HandBack in
                let (id, lease) = held()
                return (id, lease, pick([-1, -1, 0, 2_000]), self.number(2) == 0)
            }
            let list = handed.flatMap { bytes([$0.id, $0.lease, "\($0.delay)", $0.wasStarted ? "1" : "0"]) }
            let call = Scripts.release(keys, lane: lane, number: number, handed: list)
            return (call, { $0.release(handed) }, handed.map { "\($0.lease) \($0.delay)" })
        case .cancel:
            let ids = ids()
            let (meant, letters) = meant()
            let call = Scripts.cancel(
                keys, lane: lane, number: number, who: "me", states: letters, seenMs: Int(meant.seen), ids: bytes(ids))
            return (call, { $0.cancel(ids, by: "me", meant) }, ids + [letters, "\(meant.seen)"])
        case .promote:
            let ids = ids()
            let call = Scripts.promote(keys, lane: lane, number: number, ids: bytes(ids))
            return (call, { $0.promote(ids) }, ids)
        case .remove:
            let ids = ids()
            let (meant, letters) = meant()
            let call = Scripts.remove(
                keys, lane: lane, number: number, states: letters, seenMs: Int(meant.seen), ids: bytes(ids))
            return (call, { $0.remove(ids, meant) }, ids + [letters, "\(meant.seen)"])
        case .purge:
            let source = pick(["ready:0", "ready:1", "ready:2", "ready:3", "delayed", "dead", "kept"])
            let limit = 1 + self.number(3)
            let (until, skip) = (pick([model.now, model.now, someTime()]), pick([0, 0, 1, 2]))
            let call = Scripts.purge(
                keys, lane: lane, number: number, source: source, limit: limit, untilMs: Int(until), skip: skip)
            return (
                call, { $0.purge(source, limit: limit, until: until, skip: skip) }, [source, "\(until)", "\(skip)"]
            )
        default:
            let ids = ids()
            let call = Scripts.retryDead(keys, lane: lane, number: number, ids: bytes(ids))
            return (call, { $0.retryDead(ids) }, ids)
        }
    }
}
