// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting
import Testing

@testable import Stint

@Suite struct AccessRulesTests {
    @Test("Every command of every role has a sample that can be asked for")
    func samples() {
        for role in AccessRole.allCases {
            for command in AccessQuestion.commands(of: role) + AccessRole.clusterCommands {
                #expect(AccessQuestion.samples[command] != nil, "\(command) of a \(role)")
            }
        }
    }

    @Test("A sample that no role needs is not kept")
    func unusedSamples() {
        let needed = Set(AccessRole.allCases.flatMap(AccessQuestion.commands) + AccessRole.clusterCommands)
        #expect(Set(AccessQuestion.samples.keys).subtracting(needed) == [])
    }

    @Test("Every script has a role, and the questions name the very keys that its call is made with")
    func keys() throws {
        let (queue, names) = (QueueKeys(queue: "mail"), NamespaceKeys())
        #expect(Scripts.access.map(\.script) == Scripts.all)
        #expect(Scripts.access.allSatisfy { !$0.roles.isEmpty })
        let question = try #require(
            AccessQuestion.keys(of: .producer, queue: queue, names: names).first {
                $0.words[1] == Scripts.enqueueScript.sha1
            })
        let call = Scripts.enqueue(queue, lane: queue.lane("acl"), number: 0)
        #expect(question.words == ["EVALSHA", call.script.sha1, "\(call.keys.count)"] + call.keys)
        let beat = try #require(
            AccessQuestion.keys(of: .worker, queue: queue, names: names).first {
                $0.words[1] == Scripts.beatScript.sha1
            })
        #expect(beat.words.dropFirst(3) == ["{stint}:queues", "{stint}:nodes", "{stint}:node_details"])
    }

    @Test("A dashboard may only read, and an operator may do whatever it may")
    func dashboard() throws {
        let dashboard = try AccessRules([.dashboard])
        #expect(dashboard.keys == ["%R~{stint:*}:*", "%R~{stint}:*"] && dashboard.channels == [])
        #expect(!dashboard.commands.contains("evalsha"))
        #expect(Set(dashboard.commands).isSubset(of: try AccessRules([.operator]).commands))
        let both = try AccessRules([.dashboard, .producer])
        #expect(both.keys == ["~{stint:*}:*", "~{stint}:*"] && both.user == "stint-producer-dashboard")
    }

    @Test("A namespace bounds keys and channels, and what is no namespace, user or secret is refused")
    func input() async throws {
        let rules = try AccessRules(
            [.producer], namespace: "team.a", user: "app", secret: "#" + String(repeating: "a", count: 64))
        #expect(rules.line.hasPrefix("user app reset on #aaaa"))
        #expect(rules.keys == ["~{team.a:*}:*", "~{team.a}:*"] && rules.channels == ["&{team.a:*}:ended"])
        #expect(await code { _ = try AccessRules([.producer], namespace: "a*") } == .invalidInput)
        #expect(
            await code { _ = try AccessRules([.producer], namespace: String(repeating: "a", count: 33)) }
                == .invalidInput)
        #expect(await code { _ = try AccessRules([.producer], user: "a b") } == .invalidInput)
        #expect(await code { _ = try AccessRules([.producer], user: "a\nuser b") } == .invalidInput)
        #expect(await code { _ = try AccessRules([.producer], secret: ">plain") } == .invalidInput)
        #expect(await code { _ = try AccessRules([]) } == .invalidInput)
    }

    @Test("Redis takes no user before the placeholder is replaced")
    func placeholder() async throws {
        try await AccessFixture.with { fixture in
            let rules = try AccessRules([.producer], user: "nobody")
            await #expect(throws: (any Error).self) {
                try await fixture.command("ACL", ["SETUSER", "nobody"] + rules.rules)
            }
            let users = try await fixture.command("ACL", ["USERS"]).arrayValue?.compactMap(\.string) ?? []
            #expect(!users.contains("nobody") && users.contains("stint-producer"))
        }
    }
}
