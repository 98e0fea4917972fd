// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintCommands
import StintRedis
import StintTesting
import Testing

@Suite struct DoctorCommandTests {
    private let jobs = "{stint:mail}:jobs"

    private func send(_ live: LiveStint, _ name: String, _ words: String...) async throws {
        _ = try await live.client.core.transport.send(RedisCommand(name, words), timeout: .seconds(10))
    }

    @Test("A queue in order has no problem, whatever is looked at")
    func sound() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            let run = await live.run("doctor")
            #expect(run.status == .ok, "\(run.output) \(run.errors)")
            #expect(run.errors == "no problems, 2 warnings\n")
            let rows = run.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
            #expect(rows.allSatisfy { $0.count == 6 })
            let names = Set(rows.map { $0[1] })
            #expect(
                names.isSuperset(of: [
                    "redis.version", "redis.eviction", "redis.memory", "redis.append_only", "redis.clients",
                    "redis.clock", "redis.scripts", "redis.slow_scripts", "queue.unserved", "limits.files", "terminal",
                    "version", "audit",
                ]))
            let unserved = try #require(rows.first { $0[1] == "queue.unserved" })
            #expect(unserved[0] == "warning" && unserved[2] == "mail" && unserved[5] == "stint work --queue mail")
            #expect(rows.contains { $0[1] == "audit" && $0[4].hasPrefix("'mail' sound") })
        }
    }

    @Test("On a terminal what is in order stands side by side, and the rest has a line and what to do")
    func table() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", delay: .seconds(3_600))
            try await send(live, "ZREM", "{stint:mail}:delayed", "a1")
            let run = await live.run("doctor", forced: 100)
            #expect(run.status == .failed)
            #expect(run.errors.hasSuffix("1 problem, 1 warning\n"), "\(run.errors)")
            #expect(run.lines.first?.hasPrefix("✓ redis ") == true)
            #expect(run.lines.contains { $0.contains("✓ noeviction") && $0.contains("   ✓ ") })
            let at = try #require(run.lines.firstIndex { $0.hasPrefix("✗") })
            #expect(run.lines[at] == "✗ I1 'mail', job a1: its state names 'delayed', and it is not there")
            #expect(run.lines[at + 1] == "    do: stint doctor --fix --queue mail")
        }
    }

    @Test("--fix asks with the exact number, says what it would do, mends, and then nothing is wrong")
    func fix() async throws {
        try await LiveStint.with { live in
            for id in ["a1", "a2"] { try await live.enqueue(id, delay: .seconds(3_600)) }
            try await send(live, "DEL", "{stint:mail}:delayed")
            try await send(live, "HSET", "{stint:mail}:unique", "key", "ghost")
            let dry = await live.run("doctor", "--fix", "--dry-run")
            #expect(dry.status == .failed)
            #expect(dry.errors.contains("would mend 3 findings in 'mail'\n"))
            let refused = await live.run("doctor", "--fix")
            #expect(refused.status == .notConfirmed)
            #expect(refused.errors.contains("this needs a confirmation: Mend 3 findings in 'mail'?"))
            let no = await live.run("doctor", "--fix", input: "n\n", canAsk: true)
            #expect(no.status == .notConfirmed)
            #expect(no.errors.contains("job a1: its state names 'delayed'"))
            #expect(try await live.client.inspector.queue("mail").delayed == 0)

            let mended = await live.run("doctor", "--fix", "--yes", "--queue", "mail")
            #expect(mended.status == .ok, "\(mended.errors)")
            #expect(mended.errors == "3 mended, no problems, 1 warning\n")
            #expect(mended.lines.count { $0.hasPrefix("fixed\taudit.") } == 3)
            #expect(try await live.client.inspector.queue("mail").delayed == 2)
            let after = await live.run("doctor", "--fix", "--yes")
            #expect(after.status == .ok)
            #expect(after.errors.hasPrefix("nothing to mend\n"))
        }
    }

    @Test("What cannot be mended stays a problem and says what to do")
    func unmendable() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            try await live.enqueue("b1", payload: "\"" + String(repeating: "A", count: 600) + "\"")
            try await send(live, "HSET", jobs, "a1", "junk")
            try await send(live, "HDEL", "{stint:mail}:big", "b1")
            let run = await live.run("doctor", "--fix", "--yes")
            #expect(run.status == .failed)
            let damaged = try #require(run.lines.first { $0.contains("audit.damaged") })
            #expect(damaged.hasPrefix("problem\t") && damaged.hasSuffix("\tstint job rm a1"))
            let payload = try #require(run.lines.first { $0.contains("audit.payload") })
            #expect(payload.contains("\tb1\tI1 ") && payload.hasSuffix("\tstint job rm b1"))
        }
    }

    @Test("--json has an object for each check and one that sums up")
    func json() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1", delay: .seconds(3_600))
            try await send(live, "ZADD", "{stint:mail}:dead", "5", "a1")
            let run = await live.run("doctor", "--json")
            #expect(run.status == .failed)
            let objects = try run.lines.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let finding = try #require(objects.first { $0["job"] is String })
            #expect(finding["check"] as? String == "audit.stray" && finding["status"] as? String == "problem")
            #expect(finding["job"] as? String == "a1" && finding["queue"] as? String == "mail")
            #expect(finding["invariant"] as? String == "I1")
            try await send(live, "CONFIG", "SET", "maxmemory", "1gb", "maxmemory-policy", "volatile-ttl")
            let evicting = await live.run("doctor", "--json")
            let row = try #require(evicting.lines.first { $0.contains("redis.eviction") })
            #expect(row.contains(#""invariant":"I11""#), "\(row)")
            let last = try #require(objects.last)
            #expect(last["check"] as? String == "summary" && last["status"] as? String == "problem")
            #expect((last["counts"] as? [String: Int])?["problem"] == 1)
        }
    }

    @Test("The bundle has neither payloads nor secrets nor unique keys, and is for its owner alone")
    func bundle() async throws {
        try await LiveStint.with { live in
            try await live.enqueue(
                "a1", payload: #"{"card":"4111"}"#, unique: .key("user@example.com", onConflict: .reject))
            try await send(live, "HDEL", "{stint:mail}:unique", "user@example.com")
            let run = await live.run("doctor", "--bundle", "doctor.json")
            #expect(run.status == .failed)
            #expect(run.errors.contains("wrote doctor.json"))
            let path = live.folder + "/doctor.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect((object["queues"] as? [[String: Any]])?.first?["ready"] as? Int == 1)
            #expect((object["servers"] as? [[String: Any]])?.first?["redis_version"] is String)
            let checks = try #require(object["checks"] as? [[String: Any]])
            #expect(checks.contains { $0["check"] as? String == "audit.unheld" && $0["job"] as? String == "a1" })
            for secret in ["4111", "example.com", live.folder, live.stint.url] { #expect(!text.contains(secret)) }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(await live.run("doctor", "--bundle", "no/such/folder/x").status == .failed)
            #expect(await live.run("doctor", "--bundle", "-").status == .usage)
            let kept = live.folder + "/kept"
            try "precious".write(toFile: kept, atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(atPath: live.folder + "/link", withDestinationPath: kept)
            #expect(await live.run("doctor", "--bundle", "link").errors.contains("no regular file"))
            #expect(try String(contentsOfFile: kept, encoding: .utf8) == "precious")
        }
    }

    @Test("A server with dangerous settings is told of, also one that other commands refuse")
    func settings() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            try await send(live, "CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "volatile-ttl")
            #expect(await live.run("queue", "ls").status == .invalidConfiguration)
            let run = await live.run("doctor")
            #expect(run.status == .failed)
            let problems = run.lines.filter { $0.hasPrefix("problem\t") }
            #expect(
                problems.contains {
                    $0.contains("redis.eviction") && $0.contains("config set maxmemory-policy noeviction")
                })
            #expect(problems.contains { $0.contains("redis.memory") && $0.contains("enqueue fails now") })
        }
    }

    @Test("What this user has no right to ask is told as not checked, and is no problem")
    func rights() async throws {
        try await LiveStint.with { live in
            try await live.enqueue("a1")
            try await send(live, "ACL", "SETUSER", "default", "-config", "-info", "-slowlog", "-latency")
            let run = await live.run("doctor")
            #expect(run.status == .ok, "\(run.output)")
            #expect(run.lines.contains { $0.hasPrefix("unchecked\tredis.rights") && $0.contains("CONFIG GET") })
            // The users that `stint config acl` makes may not walk over keys.
            try await send(live, "ACL", "SETUSER", "default", "-scan")
            let few = await live.run("doctor")
            #expect(few.status == .ok, "\(few.output) \(few.errors)")
            #expect(few.lines.contains { $0.hasPrefix("unchecked\tredis.rights") && $0.contains("names of keys") })
        }
    }

    @Test(
        "A queue of a newer release, and one whose keys are of another type, do not keep the others from being audited")
    func others() async throws {
        try await LiveStint.with { live in
            for queue in ["mail", "newer", "odd"] { try await live.enqueue("a1", queue: queue, delay: .seconds(3_600)) }
            try await send(live, "ZREM", "{stint:mail}:delayed", "a1")
            try await send(live, "DEL", "{stint:odd}:delayed")
            try await send(live, "SET", "{stint:odd}:delayed", "1")
            try await send(live, "HSET", "{stint:newer}:meta", "schema", "2")
            let run = await live.run("doctor")
            #expect(run.status == .failed)
            #expect(run.lines.contains { $0.contains("audit.unindexed\tmail\ta1") })
            #expect(run.lines.contains { $0.contains("audit.type\todd") })
            #expect(!run.output.contains("defect") && !run.output.contains("WRONGTYPE"), "\(run.output)")
            let broken = await live.run("queue", "show", "odd")
            #expect(broken.status == .failed && broken.errors.contains("met a key of another kind"), "\(broken.errors)")
            let newer = try #require(run.lines.first { $0.contains("queue.schema\tnewer") })
            #expect(newer.hasPrefix("problem\t") && newer.contains("newer release (schema 2)"))
            #expect(newer.contains("until it is updated\tstint worker ls"))
            let refused = await live.run("enqueue", "hello", "--queue", "newer")
            #expect(refused.status == .invalidConfiguration)
            #expect(refused.errors.contains("schema 2;") && refused.errors.contains("update this program"))
        }
    }

    @Test("What can be said without Redis is said where Redis is away or the configuration is broken")
    func local() async throws {
        try await withFolder { folder in
            func doctor(_ url: String) async -> CommandRun {
                await CommandRun.stint(
                    ["doctor"], environment: ["STINT_REDIS_URL": url, "HOME": folder, "PATH": "/usr/bin:/bin"],
                    directory: folder)
            }
            try "functions:\n  a: {run: nobody-has-this}\n".write(
                toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            let away = await doctor("redis+unix:///nonexistent/s")
            #expect(away.status == .unreachable)
            #expect(away.errors.hasPrefix("error: cannot reach Redis"))
            #expect(away.output.contains("problem\tfunctions\t") && away.output.contains("stint config check"))
            try "quue: mail\n".write(toFile: folder + "/stint.yaml", atomically: true, encoding: .utf8)
            let broken = await doctor("redis+unix:///nonexistent/s")
            #expect(broken.status == .invalidConfiguration)
            #expect(broken.output.contains("problem\tconfig\t"))
        }
    }

    @Test("Of a Redis that is away there is a whole report, as JSON too, and a bundle without addresses")
    func away() async throws {
        try await withFolder { folder in
            let environment = [
                "STINT_REDIS_URL": "redis://wang:geheim@127.0.0.1:1/0", "HOME": folder, "PATH": "/usr/bin:/bin",
            ]
            let run = await CommandRun.stint(
                ["doctor", "--json", "--bundle", "b.json"], environment: environment, directory: folder)
            #expect(run.status == .unreachable)
            let objects = try run.lines.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let reach = try #require(objects.first)
            #expect(reach["check"] as? String == "redis.reach" && reach["status"] as? String == "problem")
            #expect((reach["message"] as? String)?.contains("cannot reach Redis at 127.0.0.1:1") == true)
            #expect((reach["do"] as? String)?.hasSuffix(" ping") == true)
            #expect(objects.last?["check"] as? String == "summary" && objects.last?["status"] as? String == "problem")
            let text = try String(contentsOfFile: folder + "/b.json", encoding: .utf8)
            let bundle = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(bundle["version"] is String && bundle["error_status"] as? String == "unreachable")
            #expect((bundle["error"] as? String)?.contains("onnection refused") == true, "\(text)")
            let settings = try #require(bundle["settings"] as? [[String: Any]])
            #expect(settings.contains { $0["setting"] as? String == "redis" && $0["value"] is NSNull })
            for secret in ["geheim", "127.0.0.1", folder] { #expect(!text.contains(secret), "\(secret)") }
        }
    }

    @Test("Options that change something need --fix, and an unknown queue is not found")
    func usage() async throws {
        try await LiveStint.with { live in
            #expect(await live.run("doctor", "--yes").status == .usage)
            #expect(await live.run("doctor", "-n").status == .usage)
            try await live.enqueue("a1")
            let run = await live.run("doctor", "--queue", "mial")
            #expect(run.status == .notFound)
            #expect(run.errors.contains("Did you mean 'mail'?"))
        }
    }
}
