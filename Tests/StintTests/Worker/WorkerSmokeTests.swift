// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import StintRedis
import Synchronization
import Testing

@testable import Stint

struct Add: Job {
    static let name = "add"
    var number: Int
}

@Suite struct WorkerSmokeTests {
    @Test("A thousand jobs run once each")
    func thousand() async throws {
        let redis = try await PrivateRedis.start()
        let client = try StintClient(.init(redis: redis.url), logger: Logger(label: "test"))
        let seen = Mutex<[Int: Int]>([:])
        var options = WorkerOptions()
        options.stopsWhenEmpty = true
        let worker = try Worker(client, slots: 16, options: options, handlers: {
            Handle(Add.self) { job, context in
                seen.withLock { $0[job.number, default: 0] += 1 }
            }
        })
        _ = try await client.enqueue(contentsOf: (0..<1000).map { Add(number: $0) })
        let start = ContinuousClock.now
        try await worker.run()
        print("took", ContinuousClock.now - start)
        #expect(seen.withLock { $0.count } == 1000)
        #expect(seen.withLock { $0.values.max() } == 1)
        await client.shutdown()
        await redis.stop()
    }
}
