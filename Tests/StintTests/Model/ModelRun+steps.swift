// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis

extension ModelRun {
    typealias Outcome = (call: String, reply: ModelReply?, actual: RedisValue)

    /// Makes a call of this kind with random arguments.
    mutating func perform(_ step: Step) async throws -> Outcome {
        switch step {
        case .enqueue, .advance, .fail, .release, .cancel, .retryDead, .purge: return try await performInLane(step)
        case .renew:
            let leases = (0..<number(4)).map { _ in held().lease }
            let lease = pick([5_000, Self.lease, Self.lease, 12_000])
            return try await run(Scripts.renew(keys, leaseMs: Int(lease), members: bytes(leases)), leases) {
                $0.renew(leases, lease: lease)
            }
        case .progress:
            let (id, lease) = held()
            return try await run(Scripts.progress(keys, id: id, member: lease, text: "half"), [lease]) {
                $0.progress(id, lease, "half")
            }
        case .log:
            let ((id, lease), first, ttl) = (held(), number(4), pick([1_000, 60_000]))
            let lines = (0...number(2)).map { "line \($0)" }
            let call = Scripts.log(
                keys, log: keys.log(id), member: lease, attempt: "1", first: first, maxLines: 1_000, ttlMs: ttl,
                lines: bytes(lines))
            return try await run(call, [lease]) { $0.log(lease, attempt: "1", first: first, ttl: Int64(ttl), lines) }
        case .sweep:
            let (node, lease, most) = (node(), pick([Self.lease, Self.lease, Self.lease, 6_000]), pick([1, 3, 3, 5]))
            let call = Scripts.sweep(keys, leaseMs: Int(lease), intervalMs: 1_000, maxCrashes: most, node: node)
            return try await run(call, [node]) { $0.sweep(lease: lease, interval: 1_000, maxCrashes: most, node: node) }
        case .trim:
            let (age, most) = (pick([0, 60_000, 60_000]), pick([0, 2, 100]))
            return try await run(Scripts.trim(keys, deadAgeMs: age, deadCount: most), []) {
                $0.trim(deadAge: Int64(age), deadCount: most)
            }
        case .promote:
            let ids = ids()
            return try await run(Scripts.promote(keys, ids: bytes(ids)), ids) { $0.promote(ids) }
        case .remove:
            let ids = ids()
            return try await run(Scripts.remove(keys, ids: bytes(ids)), ids) { $0.remove(ids) }
        case .pause:
            let time = pick([0, 1, 2_000, 20_000])
            return try await run(Scripts.pause(keys, forMs: time, who: "me", reason: "why"), []) {
                $0.pause(for: Int64(time), by: "me", "why")
            }
        case .resume: return try await run(Scripts.resume(keys), []) { $0.resume() }
        case .configure:
            let (field, value) = pick([("depth_limit", "4"), ("depth_limit", ""), ("lease", "8000"), ("lease", "")])
            return try await run(Scripts.configure(keys, field: field, value: value), [field, value]) {
                $0.configure(field, value)
            }
        case .await:
            let id = id()
            return try await run(Scripts.await(keys, id: id), [id]) { $0.await(id) }
        case .beat:
            let (node, queues) = (pick(["node01", "node02", "node03"]), (0..<number(3)).map { "queue\($0)" })
            let registry = NamespaceKeys()
            let call = Scripts.beat(
                queues: registry.queues, nodes: registry.nodes, nodeDetails: registry.nodeDetails, node: node,
                details: "host", served: bytes(queues))
            return try await run(call, [node]) { $0.beat(node, "host", queues) }
        case .leave:
            let (node, registry) = (pick(["node01", "node02", "node03"]), NamespaceKeys())
            let call = Scripts.leave(nodes: registry.nodes, nodeDetails: registry.nodeDetails, node: node)
            return try await run(call, [node]) { $0.leave(node) }
        case .openLane:
            let lane = lane()
            calls[lane] = nil
            return try await run(Scripts.openLane(lane: keys.lane(lane)), [lane]) { $0.openLane(lane) }
        case .repetition, .wrongNumber:
            let lane = lane()
            guard let last = calls[lane] else { return try await perform(.openLane) }
            guard step == .repetition else { return try await repeatCall(last, lane, offset: pick([-1, 2, 7])) }
            return try await repeatCall(last, lane, offset: 0)
        case .takeWake:
            model.wake = nil
            return ("a worker takes the wake-up", nil, try await bench.redis("DEL", keys.wake))
        case .newerSchema: return try await meetNewerSchema()
        case .outlive:
            // Somebody looks all the time while a lease runs out, and the others' leases with it.
            planned = (0..<11).map { _ in (1_000, .sweep) } + [(1, .advance), (1, .sweep)]
            return ("a lease's time begins", nil, .null)
        }
    }

    private mutating func run(
        _ call: ScriptCall, _ words: [String], _ body: (inout QueueModel) -> ModelReply
    ) async throws -> Outcome {
        let reply = body(&model)
        return ("\(call.script.name) \(words.joined(separator: " "))", reply, try await bench.run(call))
    }

    /// A queue of a newer release is refused by whatever is called, and nothing of it changes.
    private mutating func meetNewerSchema() async throws -> Outcome {
        let before = model.meta["schema"]
        model.meta["schema"] = "2"
        try await bench.redis("HSET", keys.meta, "schema", "2")
        let step = pick([
            Step.enqueue, .advance, .fail, .release, .cancel, .retryDead, .sweep, .promote, .remove, .purge, .pause,
            .resume, .configure,
        ])
        let outcome = try await perform(step)
        model.meta["schema"] = before
        if let before {
            try await bench.redis("HSET", keys.meta, "schema", before)
        } else {
            try await bench.redis("HDEL", keys.meta, "schema")
        }
        return outcome
    }
}
