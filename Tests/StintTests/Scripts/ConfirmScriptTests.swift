// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

@Suite struct ConfirmScriptTests {
    @Test("A call that the lane knows is confirmed by a write, which leaves the lane as it is")
    func known() async throws {
        try await ScriptBench.with { bench in
            try await bench.redis("SET", bench.lane, "7:abc", "PX", "1000")
            #expect(try await bench.run(Scripts.confirm(lane: bench.lane, number: 6)) == .integer(1))
            #expect(try await bench.run(Scripts.confirm(lane: bench.lane, number: 7)) == .integer(1))
            #expect(try await bench.redis("GET", bench.lane).string == "7:abc")
            let left = try await bench.redis("PTTL", bench.lane).integerValue
            #expect(try #require(left) > 1_000)
        }
    }

    @Test("A call that the lane does not know, or whose lane is gone, is not")
    func unknown() async throws {
        try await ScriptBench.with { bench in
            try await bench.redis("SET", bench.lane, "7:abc", "PX", "600000")
            #expect(try await bench.run(Scripts.confirm(lane: bench.lane, number: 8)) == .integer(0))
            #expect(try await bench.run(Scripts.confirm(lane: bench.keys.lane("gone"), number: 1)) == .integer(0))
            #expect(try await bench.redis("EXISTS", bench.keys.lane("gone")) == .integer(0))
        }
    }
}
