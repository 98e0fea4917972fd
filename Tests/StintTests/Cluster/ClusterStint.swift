// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis
import StintTesting
import Synchronization
import Testing

@testable import Stint

/// A private cluster with a client.
struct ClusterStint: Sendable {
    let cluster: PrivateCluster
    let client: StintClient
    var core: ClientCore { client.core }

    /// Runs a body with them and cleans up after it.
    static func with(
        replicas: Int = 0, appendOnly: Bool = false, _ body: (ClusterStint) async throws -> Void
    ) async throws {
        try await withCluster(replicas: replicas, appendOnly: appendOnly) { cluster in
            let client = try StintClient(
                .init(redis: cluster.url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(ClusterStint(cluster: cluster, client: client)))
            } catch {
                result = .failure(error)
            }
            await client.shutdown()
            try result.get()
        }
    }

    /// Runs a worker while the body runs, then drains it.
    func running(
        queues: [String], slots: Int = 8, lease: Duration = .seconds(10), @HandleBuilder handlers: () -> [Handle],
        _ body: () async throws -> Void
    ) async throws {
        var options = WorkerOptions()
        options.lease = lease
        let worker = try Worker(
            client, queues: queues.map { Worker.Queue($0) }, slots: slots, options: options, handlers: handlers)
        let task = Task { try await worker.run() }
        do {
            try await body()
        } catch {
            worker.handBack()
            _ = await task.result
            throw error
        }
        worker.drain()
        try await task.value
    }

    /// Everything that is wrong with a queue that stands still.
    func problems(of queue: String) async throws -> [String] {
        QueueAudit(core.keys(queue: queue), in: try await .take(from: cluster)).problems
    }

    /// The slot of a queue.
    func slot(of queue: String) -> Int { HashSlot.of(core.keys(queue: queue).prefix.utf8) }

    /// Whether nothing of a queue waits or runs.
    func isEmpty(_ queue: String) async throws -> Bool {
        let status = try await client.inspector.queue(queue)
        return status.ready + status.delayed + status.running == 0
    }
}

/// Counts by id.
final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    var all: [String: Int] { counts.withLock { $0 } }
    var ids: Set<String> { counts.withLock { Set($0.keys) } }
    var count: Int { counts.withLock { $0.count } }

    func add(_ id: String) { counts.withLock { $0[id, default: 0] += 1 } }
}
