// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

@testable import Stint

/// A script's call on the fixture, sent and repeated as the library does.
enum StepCall: String, CaseIterable {
    case enqueue, advance, fail, release, cancel, retryDead, purge
    case renew, sweep, trim, progress, log, beat, leave, await, promote, remove, pause, resume, configure, openLane
    case register, rewake
    case inspect, page, show

    var script: RedisScript {
        switch self {
        case .enqueue: Scripts.enqueueScript
        case .advance: Scripts.advanceScript
        case .fail: Scripts.failScript
        case .release: Scripts.releaseScript
        case .cancel: Scripts.cancelScript
        case .retryDead: Scripts.retryDeadScript
        case .purge: Scripts.purgeScript
        case .renew: Scripts.renewScript
        case .sweep: Scripts.sweepScript
        case .trim: Scripts.trimScript
        case .progress: Scripts.progressScript
        case .log: Scripts.logScript
        case .beat: Scripts.beatScript
        case .leave: Scripts.leaveScript
        case .await: Scripts.awaitScript
        case .promote: Scripts.promoteScript
        case .remove: Scripts.removeScript
        case .pause: Scripts.pauseScript
        case .resume: Scripts.resumeScript
        case .configure: Scripts.configureScript
        case .openLane: Scripts.openLaneScript
        case .register: Scripts.registerScript
        case .rewake: Scripts.rewakeScript
        case .inspect: Scripts.inspectScript
        case .page: Scripts.pageScript
        case .show: Scripts.showScript
        }
    }

    /// Whether a repetition answers something else, by the script's header: that it was done before.
    var repliesOtherwise: Bool { [.sweep, .trim, .resume].contains(self) }

    /// Makes the call and returns what of its reply must be the same whatever was cut.
    func perform(_ fixture: StepFixture, _ core: ClientCore) async throws -> RedisValue {
        let keys = fixture.bench.keys
        func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }
        func inLane(_ make: @escaping Lane.Make) async throws -> RedisValue {
            try await core.call(in: Lane(core: core, keys: keys, policy: .worker), make)
        }
        func repeating(_ call: ScriptCall) async throws -> RedisValue {
            try await core.call(call, limit: .seconds(120))
        }
        let (r1, r2, r4) = (fixture.member("r1"), fixture.member("r2"), fixture.member("r4"))
        let registry = NamespaceKeys()
        switch self {
        case .enqueue:
            let entries = try fixture.bench.entries([
                TestJob("new1") { $0.payload = .init(repeating: 2, count: 600) }, TestJob("a"),
                TestJob("new2") { $0.unique = .key("kb", onConflict: .replace) },
                TestJob("new3") {
                    $0.due = .after(100)
                    $0.unique = .key("k3")
                },
            ])
            return try await inLane { Scripts.enqueue(keys, lane: $0, number: $1, entries: entries) }
        case .advance:
            let finished = bytes("r1") + [r1] + bytes("done", "r4", "r4:17:node01", "")
            let reply = try await inLane {
                Scripts.advance(
                    keys, lane: $0, number: $1, leaseMs: 10_000, limit: 2, node: "node02", seenFence: 0,
                    finished: finished)
            }
            // A repetition does not know what remains: it says that more may be claimable.
            return .array(Array((reply.arrayValue ?? []).prefix(3)))
        case .fail:
            let failures = bytes("r1") + [r1] + bytes("r", "500", "e", "x", "r2") + [r2]
            let all = failures + bytes("r", "500", "c", "x", "r4") + [r4] + bytes("d", "0", "t", "late")
            return try await inLane { Scripts.fail(keys, lane: $0, number: $1, maxCrashes: 3, failures: all) }
        case .release:
            let handed =
                bytes("r1") + [r1] + bytes("-1", "1", "r2") + [r2] + bytes("-1", "1", "r4") + [r4] + bytes("700", "0")
            return try await inLane { Scripts.release(keys, lane: $0, number: $1, handed: handed) }
        case .cancel:
            let ids = bytes("b", "d1", "r4", "k2", "nobody")
            return try await inLane {
                Scripts.cancel(keys, lane: $0, number: $1, who: "me", states: "", seenMs: 0, ids: ids)
            }
        case .retryDead:
            let ids = bytes("x1", "x2", "a")
            return try await inLane { Scripts.retryDead(keys, lane: $0, number: $1, ids: ids) }
        case .purge:
            return try await inLane {
                Scripts.purge(keys, lane: $0, number: $1, source: "ready:2", limit: 2, untilMs: 1 << 46, skip: 0)
            }
        case .renew:
            return try await repeating(Scripts.renew(keys, leaseMs: 12_000, members: [r1, r4] + bytes("gone")))
        case .sweep:
            return try await repeating(
                Scripts.sweep(keys, leaseMs: 10_000, intervalMs: 1_000, maxCrashes: 3, node: "node01"))
        case .trim: return try await repeating(Scripts.trim(keys, deadAgeMs: 5_000, deadCount: 100))
        case .progress: return try await repeating(Scripts.progress(keys, id: "r4", member: r4, text: "most"))
        case .log:
            return try await repeating(
                Scripts.log(
                    keys, log: keys.log("r4"), member: r4, attempt: "1", first: 0, maxLines: 1_000, ttlMs: 60_000,
                    lines: bytes("one", "two", "three")))
        case .beat:
            return try await repeating(
                Scripts.beat(
                    queues: registry.queues, nodes: registry.nodes, nodeDetails: registry.nodeDetails, node: "node01",
                    details: "host", served: bytes("q", "mail")))
        case .leave:
            return try await repeating(
                Scripts.leave(nodes: registry.nodes, nodeDetails: registry.nodeDetails, node: "node01"))
        case .await: return try await repeating(Scripts.await(keys, id: "a"))
        case .promote:
            let ids = bytes("d1", "a")
            return try await inLane { Scripts.promote(keys, lane: $0, number: $1, ids: ids) }
        case .remove:
            let ids = bytes("b", "k2", "r1")
            return try await inLane { Scripts.remove(keys, lane: $0, number: $1, states: "", seenMs: 0, ids: ids) }
        case .pause: return try await repeating(Scripts.pause(keys, forMs: 60_000, who: "me", reason: "why"))
        case .resume: return try await repeating(Scripts.resume(keys))
        case .configure: return try await repeating(Scripts.configure(keys, field: "depth_limit", value: "50"))
        case .openLane:
            return try await inLane {
                Scripts.cancel(keys, lane: $0, number: $1, who: "me", states: "", seenMs: 0, ids: [])
            }
        case .register: return try await repeating(Scripts.register(queues: registry.queues, name: "mail"))
        case .rewake: return try await repeating(Scripts.rewake(keys))
        case .inspect: return try await repeating(Scripts.inspect(keys))
        case .page:
            return try await repeating(
                Scripts.page(keys, source: "ready:2", offset: 0, count: 10, newestFirst: 0))
        case .show: return try await repeating(Scripts.show(keys, id: "r1"))
        }
    }
}
