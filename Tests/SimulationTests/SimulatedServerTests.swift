// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@testable import StintSimulation

/// That a server under the shim behaves as one whose clock is set.
@Suite struct SimulatedServerTests {
    private static func with(_ body: @escaping @Sendable (SimulatedServer) throws -> Void) async throws {
        let server = try await SimulatedServer.start()
        try await Simulator.onThread { try body(server) }
        await server.stop()
    }

    @Test("Redis shows the time that was set, and it stands still")
    func time() async throws {
        try await Self.with { server in
            server.clock.microseconds = 1_800_000_000_123_456
            let expected: RedisValue = .array([.text("1800000000"), .text("123456")])
            for _ in 0..<2 {
                let shown = try server.ask("TIME")
                #expect(shown == expected)
            }
        }
    }

    @Test("A key expires by the time that was set, and a clock set back does not bring it back")
    func expiry() async throws {
        try await Self.with { server in
            let start = server.clock.microseconds
            try server.ask("SET", "lane", "1:", "PX", "1000")
            server.clock.microseconds = start + 999_000
            #expect(try server.ask("GET", "lane").string == "1:")
            server.clock.microseconds = start + 1_001_000
            #expect(try server.ask("GET", "lane").isNull)
            server.clock.microseconds = start
            #expect(try server.ask("GET", "lane").isNull)
        }
    }

    @Test("A wait ends by the time that was set, and with a marker also when the clock was set back")
    func blocking() async throws {
        try await Self.with { server in
            let waiting = try BlockingConnection(socketPath: server.socketPath)
            try waiting.send([RedisCommand("BZPOPMIN", "wake", "5")])
            while try server.ask("INFO", "clients").string?.contains("blocked_clients:1") == false {}
            server.clock.microseconds += 5_001_000
            #expect(try waiting.receive(1) == [.null])
            try waiting.send([RedisCommand("BZPOPMIN", "wake", "5")])
            while try server.ask("INFO", "clients").string?.contains("blocked_clients:1") == false {}
            server.clock.microseconds -= 3_600_000_000
            try server.ask("ZADD", "wake", "0", "w")
            #expect(try waiting.receive(1)[0].arrayValue?.first?.string == "wake")
        }
    }
}
