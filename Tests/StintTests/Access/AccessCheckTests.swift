// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@testable import Stint

/// A right that is missing is told before anything is done.
@Suite struct AccessCheckTests {
    @Test(
        "Without any single right a role is refused at its start and told the line that repairs it",
        arguments: AccessRole.allCases)
    func each(role: AccessRole) async throws {
        try await AccessFixture.with { fixture in
            let rules = try AccessRules([role])
            let all = rules.rules.map { $0 == AccessRules.placeholder ? ">pw" : $0 }
            let needed = AccessQuestion.commands(of: role).map { "+" + $0.lowercased() }
            var missing: [(rule: String, told: String)] = needed.map { ($0, $0) }
            missing += zip(rules.keys, ["{stint:mail}:*", "{stint}:*"]).map {
                ($0, ($0.hasPrefix("%R") ? "%R~" : "~") + $1)
            }
            missing += rules.channels.map { ($0, "&{stint:mail}:ended") }
            #expect(missing.count > 20)
            try await fixture.withClient(rules.user) { client in
                for (rule, told) in missing {
                    try await fixture.command("ACL", ["SETUSER", rules.user] + all.filter { $0 != rule })
                    let report = try await client.access(for: role, queues: ["mail"])
                    #expect(report.missing == [told] && report.user == rules.user, "\(rule)")
                    let error = await #expect(throws: StintError.self, "\(rule)") {
                        try await client.connect(as: role, queues: ["mail"])
                    }
                    let text =
                        "The Redis user '\(rules.user)' lacks rights that the role '\(role)' needs: \(told). Give it them with: "
                        + "ACL SETUSER \(rules.user) \(told)"
                    #expect(error?.code == .redisRefused && error?.message == text)
                    // What is told repairs it.
                    let repair = try #require(report.repair).split(separator: " ").map(String.init)
                    try await fixture.command(repair[0], Array(repair.dropFirst()))
                    #expect(try await client.access(for: role, queues: ["mail"]).missing == [], "\(rule)")
                }
                try await client.connect(as: role, queues: ["mail"])
                // Without these it starts.
                for command in role.optionalCommands where !needed.contains("+" + command.lowercased()) {
                    let rule = "+" + command.lowercased()
                    try await fixture.command("ACL", ["SETUSER", rules.user] + all.filter { $0 != rule })
                    #expect(try await client.access(for: role, queues: ["mail"]).missing == [], "\(rule)")
                }
            }
            #expect(try await fixture.command("DBSIZE", []) == .integer(0))
        }
    }

    @Test("A call that needs a right which is missing is refused before its script runs, and changes nothing")
    func calls() async throws {
        try await AccessFixture.with { fixture in
            try await fixture.command("ACL", ["SETUSER", "stint-producer", "-hset"])
            try await fixture.withClient("stint-producer") { client in
                #expect(await code { try await client.enqueue(name: "n", payload: []) } == .redisRefused)
                #expect(await code { _ = try await client.outcome(of: JobID("a"), queue: "q") } == .redisRefused)
                #expect(await code { _ = try await client.queue("q").pause() } == .redisRefused)
                #expect(await code { _ = try await client.queue("q").cancel([JobID("a")]) } == .redisRefused)
                #expect(await code { _ = try await client.inspector.queues() } == .redisRefused)
                #expect(try await fixture.command("DBSIZE", []) == .integer(0))
                // Somebody repairs it: the same client works.
                try await fixture.command("ACL", ["SETUSER", "stint-producer", "+hset"])
                #expect(try await client.enqueue(name: "n", payload: []).isNew)
            }
            try await fixture.command("ACL", ["SETUSER", "stint-worker", "-zmscore"])
            try await fixture.withClient("stint-worker") { client in
                let worker = try Worker(client) { Handle(Work.self) { _, _ in } }
                let message = await #expect(throws: StintError.self) { try await worker.run() }?.message
                #expect(message?.contains("lacks rights that the role 'worker' needs: +zmscore.") == true)
                #expect(try await fixture.command("EXISTS", ["{stint}:nodes"]) == .integer(0))
            }
        }
    }

    @Test("A user of some queues is judged by these, and by another queue when it comes to that")
    func oneQueue() async throws {
        try await AccessFixture.with { fixture in
            let rules = try AccessRules([.producer], user: "mailer")
            let narrow = rules.rules.map { rule in
                rule == AccessRules.placeholder ? ">pw" : rule.replacing("{stint:*}", with: "{stint:mail}")
            }
            try await fixture.command("ACL", ["SETUSER", "mailer"] + narrow)
            try await fixture.withClient("mailer") { client in
                try await client.enqueue(name: "n", payload: [], options: .init(queue: "mail"))
                let error = await #expect(throws: StintError.self) {
                    try await client.enqueue(name: "n", payload: [], options: .init(queue: "other"))
                }
                #expect(error?.message.contains(": ~{stint:other}:* &{stint:other}:ended.") == true)
                try await client.enqueue(name: "n", payload: [], options: .init(queue: "mail"))
            }
            #expect(try await fixture.command("SMEMBERS", ["{stint}:queues"]).arrayValue?.count == 1)
        }
    }

    @Test("A user without EVAL is let in while all scripts are loaded, and only then")
    func loaded() async throws {
        try await AccessFixture.with { fixture in
            try await fixture.command("ACL", ["SETUSER", "stint-producer", "-eval", "+script|exists"])
            try await fixture.withClient("stint-producer") { client in
                #expect(try await client.access(for: .producer).missing == ["+eval"])
                for script in Scripts.all { try await fixture.command("SCRIPT", ["LOAD", script.source]) }
                #expect(try await client.access(for: .producer).missing == [])
                #expect(try await client.enqueue(name: "n", payload: []).isNew)
            }
        }
    }

    @Test("A user that may not ask for its rights, or has them all, is not asked about each")
    func notJudged() async throws {
        try await AccessFixture.with { fixture in
            for right in ["-acl|dryrun", "-acl|whoami"] {
                try await fixture.command("ACL", ["SETUSER", "stint-producer", right, "-zadd"])
                try await fixture.withClient("stint-producer") { client in
                    #expect(try await client.access(for: .producer) == AccessReport(role: .producer, user: nil))
                    try await client.connect(as: .producer, queues: ["mail"])
                }
            }
            try await fixture.command("CONFIG", ["RESETSTAT"])
            try await fixture.withClient("default") { client in
                // The default user has no password and takes any.
                for role in AccessRole.allCases { try await client.connect(as: role, queues: ["mail"]) }
            }
            let statistics = try await fixture.command("INFO", ["commandstats"]).string ?? ""
            #expect(statistics.contains("cmdstat_acl|whoami:calls=1,"))
            #expect(!statistics.contains("cmdstat_acl|dryrun"))
        }
    }

    @Test("A client asks once for each role and queue, in one burst")
    func once() async throws {
        try await AccessFixture.with { fixture in
            try await fixture.command("CONFIG", ["RESETSTAT"])
            try await fixture.withClient("stint-producer") { client in
                for _ in 0..<20 { try await client.enqueue(name: "n", payload: []) }
                let questions =
                    AccessQuestion.commands(of: .producer, keys: client.core.keys, isCluster: false)
                    + AccessQuestion.keys(
                        of: .producer, queue: client.core.keys(queue: "default"), names: client.core.keys)
                let statistics = try await fixture.command("INFO", ["commandstats"]).string ?? ""
                #expect(statistics.contains("cmdstat_acl|dryrun:calls=\(questions.count),"))
                #expect(statistics.contains("cmdstat_acl|whoami:calls=1,"))
            }
        }
    }
}
