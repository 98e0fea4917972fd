// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import Testing

@testable import Stint

/// Attempts that share tasks, against a real Redis.
@Suite struct AttemptTaskTests {
    @Test("Jobs that take long all run at once, and hold up none that were claimed with them")
    func together() async throws {
        try await WorkerFixture.with { fixture in
            let gate = Gate()
            let long = Mutex(0)
            let short = Mutex(0)
            let jobs = (0..<64).map { Work(number: $0) }
            _ = try await fixture.client.enqueue(contentsOf: jobs)
            try await fixture.running(
                slots: 64,
                handlers: {
                    Handle(Work.self) { job, _ in
                        guard job.number % 4 == 0 else { return short.withLock { $0 += 1 } }
                        long.withLock { $0 += 1 }
                        try await gate.pass()
                    }
                }
            ) { _ in
                try await eventually("all have begun") {
                    long.withLock { $0 } == 16 && short.withLock { $0 } == 48
                }
                try await eventually("the short ones are recorded") {
                    try await fixture.client.inspector.queue("default").totals.completed == 48
                }
                gate.open()
                try await eventually("all are") {
                    try await fixture.client.inspector.queue("default").totals.completed == 64
                }
            }
        }
    }

    @Test("A cancellation reaches the attempt that it is meant for, and none that its task runs after it")
    func cancellation() async throws {
        try await WorkerFixture.with { fixture in
            let cancelled = Mutex<Set<Int>>([])
            let begun = Mutex(0)
            let ids = try await fixture.client.enqueue(contentsOf: (0..<8).map { Work(number: $0) }).map(\.id)
            try await fixture.running(
                slots: 8,
                handlers: {
                    Handle(Work.self) { job, _ in
                        begun.withLock { $0 += 1 }
                        if Task.isCancelled { _ = cancelled.withLock { $0.insert(job.number) } }
                        guard job.number < 8 else { return }
                        do {
                            try await Task.sleep(for: .seconds(600))
                        } catch {
                            _ = cancelled.withLock { $0.insert(job.number) }
                            throw error
                        }
                    }
                }
            ) { worker in
                try await eventually("all have begun") { begun.withLock { $0 } == 8 }
                try await fixture.client.queue("default").cancel(Array(ids.prefix(4)))
                try await eventually("four are cancelled") { cancelled.withLock { $0 } == [0, 1, 2, 3] }
                _ = try await fixture.client.enqueue(contentsOf: (8..<40).map { Work(number: $0) })
                try await eventually("the others have run") { begun.withLock { $0 } == 40 }
                #expect(cancelled.withLock { $0 } == [0, 1, 2, 3])
                worker.handBack()
            }
        }
    }

    @Test("What a handler logs carries its job's id, name, attempt and queue")
    func metadata() async throws {
        try await WorkerFixture.with { fixture in
            let log = LogBook()
            let id = try await fixture.client.enqueue(Work(number: 1)).id
            var options = WorkerFixture.quick
            options.stopsWhenEmpty = true
            let worker = try Worker(fixture.client, options: options, logger: log.logger) {
                Handle(Work.self) { _, context in
                    context.logger.info("one")
                    context.logger.info("two", metadata: ["more": "yes"])
                }
            }
            try await worker.run()
            let wanted = [
                "job.id": id.description, "job.name": Work.name, "job.attempt": "1", "stint.queue": "default",
            ]
            for message in ["one", "two"] {
                let entry = try #require(log.having(message).first)
                for (key, value) in wanted { #expect(entry.metadata[key].map { "\($0)" } == value) }
            }
            #expect(log.having("two").first?.metadata["more"] == "yes")
        }
    }
}
