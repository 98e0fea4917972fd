// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if Encryption
import Stint
import StintCrypto
import StintTesting
import Testing

/// A replaced job keeps its id, for which the new payload must be sealed.
@Suite struct SealedReplaceTests {
    private func options(_ conflict: UniqueKey.Conflict, id: String? = nil) throws -> JobOptions {
        JobOptions(id: try id.map { try JobID($0) }, unique: .key("k", onConflict: conflict), retry: .never)
    }

    @Test(
        "A replaced job runs with the new payload, and a taken key is told whatever its policy", arguments: [10, 2_000])
    func single(length: Int) async throws {
        try await SealedBench.with { bench in
            let client = bench.client
            let first = try await client.enqueue(name: "n", payload: [1], options: options(.replace))
            #expect(first.isNew)
            let new = [UInt8](repeating: 2, count: length)
            let second = try await client.enqueue(name: "m", payload: new, options: options(.replace))
            #expect(second.outcome == .replaced && second.id == first.id)
            #expect(try await client.enqueue(name: "m", payload: [3], options: options(.existing)).id == first.id)
            await #expect { try await client.enqueue(name: "m", payload: [3], options: options(.reject)) } throws: {
                ($0 as? StintError)?.code == .duplicateJob
            }
            let details = try #require(try await client.inspector.job(first.id))
            #expect(details.payload == new && details.summary.name == "m" && details.seal?.isOpen == true)
            #expect(try await bench.work() == [new])
            #expect(try await client.enqueue(name: "n", payload: [4], options: options(.replace)).isNew)
            #expect(try await bench.work() == [[4]])
        }
    }

    @Test("Many at once for one key, and for others between them, end with the last payload")
    func many() async throws {
        try await SealedBench.with { bench in
            var jobs: [RawJob] = []
            for index in 0..<20 {
                jobs.append(RawJob(name: "n", payload: [UInt8(index)], options: try options(.replace, id: "k\(index)")))
                jobs.append(RawJob(name: "n", payload: [100 + UInt8(index)]))
            }
            let receipts = try await bench.client.enqueue(contentsOf: jobs)
            #expect(receipts[0].isNew && receipts[0].id.description == "k0")
            let replaced = receipts.indices.filter { $0 % 2 == 0 && $0 > 0 }.map { receipts[$0] }
            #expect(replaced.allSatisfy { $0.outcome == .replaced && $0.id.description == "k0" })
            let seen = try await bench.work()
            #expect(seen.count == 21 && Set(seen) == Set((0..<20).map { [100 + UInt8($0)] } + [[19]]))
        }
    }

    @Test("Concurrent replacements of a job that workers run meanwhile all open")
    func concurrent() async throws {
        try await SealedBench.with { bench in
            let client = bench.client
            let options = try options(.replace)
            let worker = try Worker(client, slots: 1) { Handle(raw: "*") { _, _ in .completed } }
            let running = Task { try await worker.run() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for step in 0..<20 {
                            do {
                                try await client.enqueue(
                                    name: "n", payload: [UInt8(task), UInt8(step)], options: options)
                            } catch let error as StintError where error.code == .duplicateJob {
                                // The holder runs.
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.stint.eventually { try await client.inspector.queue("default").ready == 0 })
            worker.drain()
            try await running.value
            let status = try await client.inspector.queue("default")
            #expect(status.dead == 0 && status.totals.completed > 0)
        }
    }
}
#endif
