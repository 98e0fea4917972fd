// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTesting
import Synchronization
import Testing

@Suite struct DrainTests {
    @Test("Draining runs everything, delayed and retried jobs too, without waiting for their time")
    func drains() async throws {
        try await withStint { stint in
            let seen = Mutex<[Int]>([])
            try await stint.client.enqueue(Work(number: 1))
            try await stint.client.enqueue(Work(number: 2), options: .init(delay: .seconds(3600)))
            try await stint.client.enqueue(Work(number: 3), options: .init(retry: .fixed(.seconds(3600), attempts: 2)))
            let report = try await stint.drain {
                Handle(Work.self) { job, context in
                    seen.withLock { $0.append(job.number) }
                    if job.number == 3, context.attempt == 1 { throw JobSignal.retry(after: .seconds(3600)) }
                }
            }
            #expect(seen.withLock { $0.sorted() } == [1, 2, 3, 3])
            #expect(report.completed == 3)
            #expect(report.failed == 1)
        }
    }

    @Test("A job that no handler takes is dead, and the test is told")
    func noHandler() async throws {
        try await withStint { stint in
            try await stint.client.enqueue(name: "strange", payload: [])
            let report = try await stint.drain { Handle(Work.self) { _, _ in } }
            #expect(report.died == 1)
        }
    }
}
