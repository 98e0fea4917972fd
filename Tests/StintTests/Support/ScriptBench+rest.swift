// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

extension ScriptBench {
    /// Runs the scripts that a ``RandomRun`` leaves out.
    func runTheRest(with id: String = "last") async throws {
        try await enqueue(TestJob(id))
        // One call may meet nothing but tombstones.
        var claimed: TestClaim?
        for _ in 0..<100 where claimed == nil { claimed = try await advance(1).claimed.first }
        let job = try #require(claimed)
        let log = Scripts.log(
            keys, log: keys.log(job.id), member: job.member, attempt: "1", first: 1, maxLines: 10, ttlMs: 1_000,
            lines: [[65]])
        #expect(try await run(log) == .integer(1))
        try await run(Scripts.progress(keys, id: job.id, member: job.member, text: "half"))
        try await run(Scripts.renew(keys, leaseMs: 600_000, members: [Array(job.member.utf8)]))
        try await run(Scripts.await(keys, id: job.id))
        try await run(Scripts.show(keys, id: job.id))
        try await run(Scripts.pause(keys, forMs: 0, who: "me", reason: "why"))
        try await run(Scripts.resume(keys))
        try await run(Scripts.configure(keys, field: "depth_limit", value: "1000000"))
        try await run(Scripts.inspect(keys))
        for source in ["ready:0", "delayed", "leases", "dead", "kept"] {
            try await run(Scripts.page(keys, source: source, offset: 0, count: 10, newestFirst: 0))
        }
        #expect(try await audit() == [])
        try await redis("ZADD", keys.kept, "5", "ghost")
        for finding in try await audit() { #expect(try await repair(finding) == "m") }
        try await run(Scripts.rewake(keys))
        try await run(Scripts.register(queues: "\(keys.prefix):queues", name: "mail"))
        // Their real keys are in the namespace's slot, which another node of a cluster may serve.
        let prefix = keys.prefix
        try await run(
            Scripts.beat(
                queues: "\(prefix):queues", nodes: "\(prefix):nodes", nodeDetails: "\(prefix):node_details",
                node: "node01", details: "{}", served: [[65]]))
        try await run(
            Scripts.leave(nodes: "\(prefix):nodes", nodeDetails: "\(prefix):node_details", node: "node01"))
    }
}
