// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTesting
import Testing

@Suite struct WithStintTests {
    @Test("Each test has an empty Redis of its own; prints how long its start, one job and its end took")
    func fresh() async throws {
        var times: [Duration] = []
        for _ in 0..<9 {
            let start = ContinuousClock.now
            try await withStint { stint in
                #expect(try await stint.inspector.queueNames() == [])
                try await stint.client.enqueue(Work(number: 1))
            }
            times.append(ContinuousClock.now - start)
        }
        print("withStint, median of \(times.count): \(times.sorted()[times.count / 2])")
    }
}
