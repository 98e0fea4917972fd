// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintTesting
import Testing

@Suite struct WorkerAndStatsTests {
    @Test("A worker is listed with its queues and slots, shown with its jobs, and counted where it serves")
    func worker() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            let worker = try Worker(live.client, queues: [.init("mail", weight: 3)], slots: 7) {
                Handle(raw: "*") { _, _ in
                    try await Task.sleep(for: .seconds(60))
                    return .completed
                }
            }
            let task = Task { try await worker.run() }
            let isThere = try await live.stint.eventually {
                let isRunning = try await live.client.inspector.queue("mail").running == 1
                let nodes = try await live.client.inspector.nodes()
                return isRunning && !nodes.isEmpty
            }
            #expect(isThere)
            let rows = try await live.json("worker", "ls")
            #expect(rows.first?["node"] as? String == worker.node)
            #expect(rows.first?["slots"] as? Int == 7)
            #expect(rows.first?["queues"] as? [String: Int] == ["mail": 3])
            #expect(rows.first?["alive"] as? Bool == true)
            #expect(await live.run("worker", "ls", forced: 120).lines.first?.hasPrefix("NODE    STATE") == true)
            let document = try await live.json("worker", "show", "%1")
            #expect(document.first?["mode"] as? String == "running")
            #expect(await live.run("worker", "show", "nobody").status == .notFound)
            let queues = await live.run("queue", "ls", "--fields", "queue,running,paused")
            #expect(queues.output == "mail\t1\t\n")
            #expect(try await live.json("queue", "show", "mail").first?["slots"] as? Int == 7)
            #expect(await live.run("job", "rm", "a1").status == .refusedByState)
            #expect(await live.run("job", "cancel", "a1").errors == "✓ a1 runs and is told to stop\n")
            worker.handBack()
            try await task.value
        }
    }

    @Test("stats sums the queues up and tells of Redis, once or at each interval")
    func stats() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            try await live.enqueue("b1", queue: "default")
            let document = try await live.json("stats")
            #expect(document.count == 1)
            #expect(document[0]["ready"] as? Int == 2)
            #expect(document[0]["queues"] as? Int == 2)
            #expect(document[0]["in_per_s"] == nil)
            let redis = try #require(document[0]["redis"] as? [String: Any])
            #expect((redis["version"] as? String)?.first?.isNumber == true)
            #expect((redis["used_memory"] as? Int ?? 0) > 0)
            #expect(await live.run("stats", "--queue", "mail").lines.contains("ready\t1"))
            #expect(await live.run("stats", "--queue", "mial").status == .notFound)
            #expect(await live.run("stats", forced: 80).lines.contains("ready            2"))
            let watched = await live.run("stats", "-w", "--interval", "100ms", sink: MemorySink(closesAfter: 2))
            #expect(watched.lines.count == 2)
            #expect(watched.lines.last?.contains(#""in_per_s":0"#) == true)
        }
    }
}
