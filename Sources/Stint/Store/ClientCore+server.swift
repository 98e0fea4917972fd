// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StintRedis

extension ClientCore {
    /// Asks a server everything that may matter; what this user may not ask is left out and told.
    func report(of server: any RedisTransport) async throws(StintError) -> ServerReport {
        var report = ServerReport()
        for section in ["server", "clients", "memory", "persistence", "stats", "replication", "cluster"] {
            let info = try await ask("INFO \(section)", &report, of: server)
            report.fields.merge(ServerCheck.fields(info?.string ?? "")) { $1 }
        }
        let settings = try await ask("CONFIG GET appendfsync min-replicas-to-write", &report, of: server)
        let flat = settings?.arrayValue?.map { $0.string ?? "" } ?? []
        for at in stride(from: 0, to: flat.count - 1, by: 2) { report.settings[flat[at]] = flat[at + 1] }
        let (before, start) = (wallClock(), reactor.now)
        let time = try await ask("TIME", &report, of: server)?.arrayValue?.compactMap(\.integerValue) ?? []
        let after = wallClock()
        if time.count == 2, after >= before {
            let middle = (Double(before) + Double(after)) / 2_000
            report.clockSkew = Double(time[0]) + Double(time[1]) / 1_000_000 - middle
            report.roundTrip = (reactor.now - start) / .seconds(1)
        }
        let exists = "SCRIPT EXISTS " + Scripts.all.map(\.sha1).joined(separator: " ")
        if let known = try await ask(exists, &report, of: server)?.arrayValue {
            report.knownScripts = Set(zip(Scripts.all, known).filter { $1.integerValue == 1 }.map(\.0.name))
        }
        report.slowScripts = try await ask("SLOWLOG GET 128", &report, of: server)?.arrayValue?
            .compactMap(Self.slowScript)
        report.delays = try await ask("LATENCY LATEST", &report, of: server)?.arrayValue?
            .reduce(into: [:]) { delays, event in
                guard let parts = event.arrayValue, parts.count >= 3, let name = parts[0].string else { return }
                delays[name] = parts[2].integerValue.map { Int($0) }
            }
        if isCluster {
            let info = try await ask("CLUSTER INFO", &report, of: server)
            report.fields.merge(ServerCheck.fields(info?.string ?? "")) { $1 }
            let nodes = try await ask("CLUSTER NODES", &report, of: server)?.string ?? ""
            report.movingSlots = Self.movingSlots(in: nodes)
        }
        return report
    }

    /// Sends a command; nil, with the reason noted, if the server refuses it.
    private func ask(
        _ line: String, _ report: inout ServerReport, of server: any RedisTransport
    ) async throws(StintError) -> RedisValue? {
        let words = line.split(separator: " ").map(String.init)
        do {
            return try await send(RedisCommand(words[0], Array(words.dropFirst())), to: server)
        } catch {
            guard case .server(let reply)? = error.underlying as? RedisFailure, !reply.isPassing else { throw error }
            report.refusals[words.prefix(2).joined(separator: " ")] = reply.description
            return nil
        }
    }

    /// Reads an entry of the slow log; nil if it is no script of Stint.
    private static func slowScript(_ entry: RedisValue) -> ServerReport.SlowScript? {
        guard let parts = entry.arrayValue, parts.count >= 4, let seconds = parts[1].integerValue,
            let microseconds = parts[2].integerValue, let words = parts[3].arrayValue, words.count > 1,
            let digest = words[1].string, let script = Scripts.all.first(where: { $0.sha1 == digest })
        else { return nil }
        return .init(
            name: script.name, microseconds: Int(microseconds), date: .redis(seconds * 1_000))
    }

    /// Reads from `CLUSTER NODES` which slots are on their way from or to the node that was asked.
    static func movingSlots(in nodes: String) -> Set<Int> {
        var slots: Set<Int> = []
        for line in nodes.split(separator: "\n") where line.contains("myself") {
            for word in line.split(separator: " ") where word.hasPrefix("[") {
                let digits = word.dropFirst().prefix { $0.isNumber }
                if let slot = Int(digits) { slots.insert(slot) }
            }
        }
        return slots
    }

    /// Asks how much memory the keys of a queue take.
    func memory(queue: String) async throws(StintError) -> QueueMemory {
        let keys = keys(queue: queue)
        let names = [
            keys.jobs, keys.big, keys.delayed, keys.leases, keys.dead, keys.kept, keys.errors, keys.unique,
        ]
        var (total, largest) = (0, 0)
        for name in names + keys.ready {
            let bytes = try await send(RedisCommand("MEMORY", "USAGE", name)).integerValue.map { Int($0) } ?? 0
            total += bytes
            largest = max(largest, bytes)
        }
        return QueueMemory(bytes: total, largestKey: largest)
    }

    /// The slot of a cluster that a queue is in.
    func slot(queue: String) -> Int { HashSlot.of(keys(queue: queue).prefix.utf8) }
}
