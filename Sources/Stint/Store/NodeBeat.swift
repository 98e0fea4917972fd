// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What a worker of this or another release wrote about itself; whatever is missing or of another shape is left out.
struct NodeBeat: Decodable {
    private enum CodingKeys: String, CodingKey {
        case host, pid, version, mode, slots, busy, waiting, completed, failed, queues, jobs, stuck
        case started = "started_ms"
        case lease = "lease_ms"
    }

    private struct Queue: Decodable {
        var name: String
        var weight: Int?
    }

    private struct Job: Decodable {
        private enum CodingKeys: String, CodingKey {
            case id, name, queue
            case ran = "ran_ms"
        }
        var id: String
        var name: String
        var queue: String
        var ran: Int64?
    }

    private struct Stuck: Decodable {
        private enum CodingKeys: String, CodingKey {
            case loop, queue, reason
            case time = "for_ms"
        }
        var loop: String
        var queue: String?
        var time: Int64?
        var reason: String?
    }

    private var texts: [CodingKeys: String] = [:]
    private var numbers: [CodingKeys: Int64] = [:]
    private var queues: [Queue] = []
    private var jobs: [Job] = []
    private var stuck: [Stuck] = []

    /// Knows nothing.
    init() {}

    /// Reads the JSON of a beat.
    init(_ json: [UInt8]?) {
        self = json.flatMap { try? JSONDecoder().decode(Self.self, from: Data($0)) } ?? Self()
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for key in container.allKeys {
            if let text = try? container.decode(String.self, forKey: key) { texts[key] = text }
            if let number = try? container.decode(Int64.self, forKey: key) { numbers[key] = number }
        }
        queues = (try? container.decode([Queue].self, forKey: .queues)) ?? []
        jobs = (try? container.decode([Job].self, forKey: .jobs)) ?? []
        stuck = (try? container.decode([Stuck].self, forKey: .stuck)) ?? []
    }

    /// Joins it with what the registry knows.
    func status(id: String, beatMilliseconds: Int64, nowMilliseconds: Int64) -> NodeStatus {
        func number(_ key: CodingKeys) -> Int { Int(numbers[key] ?? 0) }
        return NodeStatus(
            id: id, lastBeat: .redis(beatMilliseconds),
            age: Double(max(0, nowMilliseconds - beatMilliseconds)) / 1000,
            host: texts[.host] ?? "", pid: number(.pid), version: texts[.version] ?? "",
            startedAt: .redisOrNil(numbers[.started] ?? 0), mode: texts[.mode] ?? "", slots: number(.slots),
            running: number(.busy), waiting: number(.waiting), completed: number(.completed), failed: number(.failed),
            leaseMilliseconds: number(.lease),
            queues: queues.map { .init(name: $0.name, weight: $0.weight ?? 1) },
            jobs: jobs.map {
                .init(
                    id: JobID(unchecked: $0.id), name: $0.name, queue: $0.queue, seconds: Double($0.ran ?? 0) / 1000)
            },
            stuck: stuck.map {
                .init(loop: $0.loop, queue: $0.queue, seconds: Double($0.time ?? 0) / 1000, reason: $0.reason)
            })
    }
}
