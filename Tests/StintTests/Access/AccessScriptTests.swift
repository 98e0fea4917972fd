// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Stint
import StintRedis
import StintTesting
import Synchronization
import Testing

/// Runs the scripts as the users that Stint writes for their roles.
@Suite struct AccessScriptTests {
    @Test("Every script runs as each of its roles, and Redis refuses none of its commands")
    func scripts() async throws {
        try await AccessFixture.with { fixture in
            var nodes: [AccessRole: RedisNode] = [:]
            for role in AccessRole.allCases {
                var configuration = fixture.redis.configuration
                (configuration.username, configuration.password) = ("stint-\(role)", "pw")
                nodes[role] = RedisNode(
                    configuration: configuration, reactor: NIOReactor(), random: SystemRandom(),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            }
            let runners = nodes.mapValues { ScriptRunner(transport: $0.commands) }
            let calls = Mutex<[String: Int]>([:])
            let failure: (any Error)?
            do {
                try await ScriptBench.with(fixture.redis) { bench in
                    bench.route.withLock { route in
                        route = { script in
                            let roles = Scripts.access.first { $0.script.name == script.name }?.roles ?? []
                            let count = calls.withLock { calls in
                                calls[script.name, default: 0] += 1
                                return calls[script.name, default: 0]
                            }
                            let sorted = roles.sorted { $0.rawValue < $1.rawValue }
                            return runners[sorted[count % sorted.count]]
                        }
                    }
                    var run = RandomRun(bench: bench, random: SplitMix64(seed: 7))
                    for _ in 0..<600 { _ = try await run.step() }
                    // Twice, since a script may have two roles, or three.
                    for id in ["last", "very-last"] { try await bench.runTheRest(with: id) }
                    for _ in 0..<3 { try await bench.run(Scripts.openLane(lane: bench.keys.lane("other"))) }
                    for _ in 0..<2 { try await bench.run(Scripts.confirm(lane: bench.lane, number: bench.lastNumber)) }
                    bench.route.withLock { $0 = nil }
                }
                failure = nil
            } catch {
                failure = error
            }
            for node in nodes.values { await node.shutdown() }
            if let failure { throw failure }
            #expect(try await fixture.refusals() == [])
            for access in Scripts.access {
                let count = calls.withLock { $0[access.script.name] ?? 0 }
                #expect(count >= access.roles.count, "\(access.script.name)")
            }
        }
    }
}
