// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintTerminal

/// Sums over queues and workers.
struct Statistics: Sendable {
    var queues: [QueueStatus]
    var workforce: Workforce
    var server: ServerStatus
    /// Whether some queues were left out.
    var isPartial = false

    /// The document; rates only where there was a look before.
    func document(since before: Statistics?, isWatched: Bool) -> Document {
        var facts: [Document.Fact] = []
        if isPartial { facts.append(.init("queue_names", "of", .list(queues.map(\.name)))) }
        facts += [
            .init("queues", "queues", .count(queues.count)),
            .init("paused", "paused", .count(queues.count { $0.pause != nil })),
            .init("ready", "ready", .count(sum(\.ready))),
            .init("oldest_ready_s", "oldest", .seconds(queues.compactMap(\.oldestReadyAge).max())),
            .init("running", "running", .count(sum(\.running))),
            .init("delayed", "delayed", .count(sum(\.delayed))),
            .init("dead", "dead", .count(sum(\.dead))),
            .init("kept", "kept", .count(sum(\.kept))),
            .init("enqueued", "enqueued", .count(sum(\.totals.enqueued))),
            .init("completed", "completed", .count(sum(\.totals.completed))),
            .init("failed", "failed attempts", .count(sum(\.totals.failed))),
        ]
        if isWatched { facts += rates(since: before) }
        let workers = workers
        facts += [
            .init("workers", "workers", .count(workers.count)),
            .init("slots", "slots", .count(workers.reduce(0) { $0 + $1.slots })),
            .init("redis", "redis", .custom(redis, text: redisText, plain: redis.text)),
        ]
        return Document(facts: facts, members: [.init("at", Field.date(queues.map(\.date).max()).json)])
    }

    /// Workers that are alive and serve any of the queues.
    private var workers: [NodeStatus] {
        guard isPartial else { return workforce.alive }
        let names = Set(queues.map(\.name))
        return workforce.alive.filter { $0.queues.contains { names.contains($0.name) } }
    }

    private func rates(since before: Statistics?) -> [Document.Fact] {
        let earlier = Dictionary((before?.queues ?? []).map { ($0.name, $0) }) { $1 }
        let rates = queues.compactMap { QueueRow.Rates(from: earlier[$0.name], to: $0) }
        let isKnown = !rates.isEmpty
        let incoming = rates.reduce(0) { $0 + $1.enqueued }
        let done = rates.reduce(0) { $0 + $1.completed }
        return [
            .init("in_per_s", "in/s", isKnown ? .number(incoming, decimals: 1) : .missing),
            .init("done_per_s", "done/s", isKnown ? .number(done, decimals: 1) : .missing),
        ]
    }

    private var redis: JSONValue {
        .object([
            .init("version", .string(server.version)), .init("uptime_s", Field.count(server.uptimeSeconds).json),
            .init("used_memory", Field.count(server.usedMemory).json),
            .init("max_memory", Field.count(server.maxMemory).json),
            .init("memory_policy", Field.text(orNone: server.memoryPolicy).json),
            .init("clients", Field.count(server.clients).json),
            .init("commands_per_s", Field.count(server.commandsPerSecond).json),
            .init("append_only", server.isAppendOnly.map { .bool($0) } ?? .null),
        ])
    }

    private var redisText: String {
        var parts = [server.version]
        if let used = server.usedMemory {
            parts.append(NumberText.bytes(used) + (server.maxMemory.map { " of " + NumberText.bytes($0) } ?? ""))
        }
        if let clients = server.clients { parts.append(clients == 1 ? "1 client" : "\(clients) clients") }
        if let uptime = server.uptimeSeconds { parts.append("up " + TimeText.short(.seconds(uptime))) }
        if let isAppendOnly = server.isAppendOnly {
            parts.append(isAppendOnly ? "append-only file" : "no append-only file")
        }
        return parts.joined(separator: ", ")
    }

    private func sum(_ count: KeyPath<QueueStatus, Int>) -> Int { queues.reduce(0) { $0 + $1[keyPath: count] } }
}
