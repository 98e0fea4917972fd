// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import StintTesting
import Testing

@testable import Stint

/// Watches on a node of a cluster what scripts really touch.
@Suite struct DeclaredKeysTests {
    @Test("Every script touches only keys that it declares, all in one slot of a cluster")
    func declared() async throws {
        try await withCluster { cluster in
            let queue = QueueKeys(queue: "q")
            let owner = try #require(try await cluster.owner(ofKey: queue.jobs))
            let monitor = try Monitor(owner)
            try await eventually("the monitor listens") { monitor.text.hasPrefix("OK") }
            try await ScriptBench.with(owner.server) { bench in
                var run = RandomRun(bench: bench, random: SplitMix64(seed: 42))
                for _ in 0..<500 { _ = try await run.step() }
                try await rest(bench)
            }
            _ = try await owner.run("ECHO", "that was all")
            try await eventually("the monitor has caught up") { monitor.text.contains("that was all") }
            monitor.stop()
            try check(monitor.text)
        }
    }

    /// The scripts that the random run leaves out.
    private func rest(_ bench: ScriptBench) async throws {
        let keys = bench.keys
        let job = try await bench.running(TestJob("last"))
        let log = Scripts.log(
            keys, log: keys.log(job.id), member: job.member, attempt: "1", first: 1, maxLines: 10, ttlMs: 1_000,
            lines: [[65]])
        #expect(try await bench.run(log) == .integer(1))
        try await bench.run(Scripts.progress(keys, id: job.id, member: job.member, text: "half"))
        try await bench.run(Scripts.renew(keys, leaseMs: 600_000, members: [Array(job.member.utf8)]))
        try await bench.run(Scripts.await(keys, id: job.id))
        try await bench.run(Scripts.show(keys, id: job.id))
        try await bench.run(Scripts.pause(keys, forMs: 0, who: "me", reason: "why"))
        try await bench.run(Scripts.resume(keys))
        try await bench.run(Scripts.configure(keys, field: "depth", value: "1000000"))
        try await bench.run(Scripts.inspect(keys))
        for source in ["ready:0", "delayed", "leases", "dead", "kept"] {
            try await bench.run(Scripts.page(keys, source: source, offset: 0, count: 10, newestFirst: 0))
        }
        #expect(try await bench.audit() == [])
        try await bench.redis("ZADD", keys.kept, "5", "ghost")
        for finding in try await bench.audit() { #expect(try await bench.repair(finding) == "m") }
        try await bench.run(Scripts.rewake(keys))
        try await bench.run(Scripts.register(queues: "\(keys.prefix):queues", name: "mail"))
        // Their real keys are in the namespace's slot, which another node may serve.
        let prefix = keys.prefix
        try await bench.run(
            Scripts.beat(
                queues: "\(prefix):queues", nodes: "\(prefix):nodes", nodeDetails: "\(prefix):node_details",
                node: "node01", details: "{}", served: [[65]]))
        try await bench.run(
            Scripts.leave(nodes: "\(prefix):nodes", nodeDetails: "\(prefix):node_details", node: "node01"))
        let space = NamespaceKeys()
        #expect(Set([space.queues, space.nodes, space.nodeDetails].map { HashSlot.of($0.utf8) }).count == 1)
    }

    private func check(_ text: String) throws {
        // What looks at the server for the test is no script of Stint.
        let digests = Set(Scripts.all.map(\.sha1))
        var declared: Set<String>? = []
        var seen: Set<String> = []
        var touched = 0
        for line in text.components(separatedBy: "\n").dropFirst() {
            let words = Monitor.words(line)
            if line.contains("[0 lua]") {
                guard words.count > 1, !["TIME", "PUBLISH"].contains(words[0].uppercased()) else { continue }
                guard let declared else { continue }
                touched += 1
                #expect(declared.contains(words[1]), "touched \(words[1]), declared \(declared.sorted())")
            } else if ["EVALSHA", "EVAL"].contains(words.first), words.count > 3, let count = Int(words[2]) {
                guard words[0] == "EVAL" ? words[1].hasPrefix("#!lua") : digests.contains(words[1]) else {
                    declared = nil
                    continue
                }
                let keys = Set(words[3..<(3 + count)])
                declared = keys
                if words[0] == "EVALSHA" { seen.insert(words[1]) }
                #expect(Set(keys.map { HashSlot.of($0.utf8) }).count == 1)
            } else {
                // A script without keys is the test's own.
                declared = words.first == "EVAL" ? nil : []
            }
        }
        #expect(touched > 1_000)
        // `confirm` goes out with its source.
        for script in Scripts.all where script.name != "confirm" {
            #expect(seen.contains(script.sha1), "\(script.name) was not run")
        }
    }
}

/// `redis-cli monitor` on a server of its own.
private final class Monitor {
    private let process = Process()
    private let file: URL

    init(_ member: PrivateCluster.Member) throws {
        file = URL(fileURLWithPath: member.server.directory + "/monitor.log")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["redis-cli", "-s", member.server.socketPath, "monitor"]
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { stop() }

    var text: String { String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self) }

    func stop() {
        // It inherits a mask without SIGTERM; Foundation reaps it.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The words of a line; their escapes stay as they are, as no key has any.
    static func words(_ line: String) -> [String] {
        guard let start = line.range(of: "] \"") else { return [] }
        return line[start.upperBound...].dropLast().components(separatedBy: "\" \"")
    }
}
