// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

/// Nodes are named by their ports; nothing here opens a socket or waits.
@Suite struct ClusterMachineTests {
    private typealias Machine = ClusterMachine
    private let slot = 100

    private func node(_ port: Int) -> ClusterEndpoint { ClusterEndpoint(host: "h", port: port) }

    /// The reply to CLUSTER SLOTS of a cluster in which these ports share the slots.
    private func slots(_ ports: Int...) -> RedisValue {
        .array(
            ports.enumerated().map { index, port in
                let first = HashSlot.count * index / ports.count
                let last = HashSlot.count * (index + 1) / ports.count - 1
                let primary: [RedisValue] = [.text("h"), .integer(Int64(port)), .text("id\(port)"), .array([])]
                return .array([.integer(Int64(first)), .integer(Int64(last)), .array(primary)])
            })
    }

    private func map(_ ports: Int...) throws -> SlotMap {
        let reply = ports.count == 2 ? slots(ports[0], ports[1]) : slots(ports[0])
        return try #require(SlotMap(reply, from: node(1)))
    }

    /// A machine that knows that node 1 serves the slot, and node 2 the upper half.
    private func ready() throws -> Machine {
        var machine = Machine(seeds: [node(1), node(9)], random: HalfRandom())
        #expect(machine.route(slot) == .unknown)
        #expect(machine.want(.zero) == [.ask(node(1))])
        #expect(machine.learned(try map(1, 2), now: .zero) == [.changed])
        #expect(machine.route(slot) == .node(node(1)))
        return machine
    }

    private func failed(
        _ machine: inout Machine, _ code: String, _ message: String, keys: Int = 12, hops: Int = 0,
        now: Duration = .seconds(1)
    ) -> (Machine.Verdict, [Machine.Action]) {
        machine.failed(.server(.init(code: code, message: message)), at: node(1), keys: keys, hops: hops, now: now)
    }

    private func code(_ verdict: Machine.Verdict) -> String? {
        guard case .deliver(.server(let error)) = verdict else { return nil }
        return error.code
    }

    @Test("MOVED sends the command on, corrects the map and asks the new owner for the rest")
    func moved() throws {
        var machine = try ready()
        let (verdict, actions) = failed(&machine, "MOVED", "100 h:2")
        #expect(verdict == .send(node(2), asking: false))
        #expect(actions == [.ask(node(2))])
        #expect(machine.route(slot) == .node(node(2)))
    }

    @Test("A command is sent on five times, then given back as not run")
    func hops() throws {
        var machine = try ready()
        #expect(failed(&machine, "MOVED", "100 h:2", hops: 4).0 == .send(node(2), asking: false))
        #expect(code(failed(&machine, "MOVED", "100 h:2", hops: 5).0) == "TRYAGAIN")
        #expect(code(failed(&machine, "ASK", "100 h:2", keys: 1, hops: 5).0) == "TRYAGAIN")
    }

    @Test("ASK sends a command of one key on behind ASKING and changes no map; one of several keys is not run")
    func ask() throws {
        var machine = try ready()
        let (verdict, actions) = failed(&machine, "ASK", "100 h:2", keys: 1)
        #expect(verdict == .send(node(2), asking: true))
        #expect(actions == [])
        #expect(machine.route(slot) == .node(node(1)))
        #expect(code(failed(&machine, "ASK", "100 h:2", keys: 2).0) == "TRYAGAIN")
    }

    @Test(
        "A node that cannot run a command says so to the caller; where that may be news of the map, it is asked for",
        arguments: [
            ("TRYAGAIN", false), ("CLUSTERDOWN", true), ("READONLY", true), ("UNBLOCKED", true), ("LOADING", true),
            ("MASTERDOWN", true), ("BUSY", false), ("NOSCRIPT", false), ("OOM", false), ("NOPERM", false),
            ("CROSSSLOT", false), ("ERR", false),
        ])
    func delivered(error: String, asks: Bool) throws {
        var machine = try ready()
        let (verdict, actions) = failed(&machine, error, "text")
        #expect(code(verdict) == error)
        #expect(actions.isEmpty != asks)
    }

    @Test("A redirection that cannot be read is told to the caller")
    func unreadable() throws {
        var machine = try ready()
        for text in ["", "100", "x h:2", "100 h", "100 h:x", "99999 h:2", "100 h:0", "1 2 3"] {
            #expect(code(failed(&machine, "MOVED", text).0) == "MOVED")
        }
        #expect(ClusterRedirect("7 ::1:6379", from: node(1))?.endpoint == ClusterEndpoint(host: "::1", port: 6379))
        // A node that does not know its own address is where it was asked.
        #expect(ClusterRedirect("7 :6379", from: node(1))?.endpoint == node(6379))
        #expect(ClusterRedirect("7 ?:6379", from: node(1))?.endpoint == node(6379))
    }

    @Test("A lost node's outcome is told, another is asked, and again until its slots have a successor")
    func lost() throws {
        var machine = try ready()
        let (verdict, actions) = machine.failed(
            .outcomeUnknown("reset"), at: node(1), keys: 3, hops: 0, now: .seconds(1))
        #expect(verdict == .deliver(.outcomeUnknown("reset")))
        #expect(actions == [.ask(node(2))])
        let again = machine.learned(try map(1, 2), now: .seconds(1))
        #expect(again.first == .changed)
        guard case .wait(let pause)? = again.last else { return #expect(again.count == 2) }
        #expect(pause >= .milliseconds(100))
        #expect(machine.refreshDue(now: .seconds(2)) == [.ask(node(2))])
        #expect(machine.learned(try map(3, 2), now: .seconds(2)) == [.changed])
        #expect(machine.route(slot) == .node(node(3)))
        #expect(machine.primaries == [node(3), node(2)])
    }

    @Test("A lost node that answers again ends the asking")
    func back() throws {
        var machine = try ready()
        #expect(machine.lost(node(1), now: .seconds(1)) == [.ask(node(2))])
        machine.answered(node(1))
        #expect(machine.learned(try map(1, 2), now: .seconds(1)) == [.changed])
    }

    @Test("Commands that a node had not sent when it left are routed anew")
    func left() throws {
        var machine = try ready()
        #expect(machine.failed(.closed, at: node(1), keys: 1, hops: 0, now: .seconds(1)).0 == .routeAgain)
        let verdict = machine.failed(.closed, at: node(1), keys: 1, hops: 5, now: .seconds(1)).0
        #expect(verdict == .deliver(.notSent("the node h:1 has left the cluster")))
    }

    @Test("Rounds begin at least 100 ms apart, and only one is under way")
    func limited() throws {
        var machine = try ready()
        #expect(machine.want(.milliseconds(40)) == [.wait(.milliseconds(60))])
        #expect(machine.want(.milliseconds(50)) == [])
        #expect(machine.refreshDue(now: .milliseconds(100)).count == 1)
        #expect(machine.want(.seconds(5)) == [])
    }

    @Test("What moved while a node was asked makes its answer outdated: another round follows")
    func outdated() throws {
        var machine = try ready()
        #expect(machine.want(.seconds(1)).count == 1)
        #expect(failed(&machine, "MOVED", "100 h:2").1 == [])
        let actions = machine.learned(try map(1, 2), now: .seconds(1))
        #expect(actions.first == .changed && actions.count == 2)
    }

    @Test("When no node can tell, what waits fails, and the next round comes later each time")
    func vain() {
        var machine = Machine(seeds: [node(1), node(9)], random: HalfRandom())
        var pauses: [Duration] = []
        var now = Duration.zero
        for _ in 0..<7 {
            #expect(machine.want(now) == [.ask(node(1))])
            #expect(machine.notLearned(.notSent("refused"), now: now) == [.ask(node(9))])
            #expect(machine.notLearned(.notSent("refused"), now: now) == [.fail(.notSent("refused"))])
            guard case .wait(let pause)? = machine.want(now).first else { return #expect(Bool(false)) }
            pauses.append(pause)
            now += pause
            #expect(machine.refreshDue(now: now) == [.ask(node(1))])
            _ = machine.notLearned(.notSent("refused"), now: now)
            _ = machine.notLearned(.notSent("refused"), now: now)
            now += .seconds(10)
        }
        #expect(pauses == pauses.sorted() && pauses.first != pauses.last)
        #expect(pauses.allSatisfy { $0 <= .seconds(2) })
    }

    @Test("A single server among the seeds is told at once, and is only passed over once a map is known")
    func noCluster() throws {
        let error = RedisFailure.server(.init(code: "ERR", message: "This instance has cluster support disabled"))
        var machine = Machine(seeds: [node(1), node(9)], random: HalfRandom())
        _ = machine.want(.zero)
        #expect(machine.notLearned(error, now: .zero) == [.fail(error)])
        var known = try ready()
        #expect(known.want(.seconds(1)).count == 1)
        guard case .ask? = known.notLearned(error, now: .seconds(1)).first else { return #expect(Bool(false)) }
    }

    @Test("A slot that nobody serves has no route; a command without a key goes to a healthy node")
    func unserved() throws {
        var machine = Machine(seeds: [node(1)], random: HalfRandom())
        _ = machine.want(.zero)
        let primary: [RedisValue] = [.null, .integer(4), .text("id")]
        let part = RedisValue.array([.array([.integer(0), .integer(50), .array(primary)])])
        // The node does not know its address, so it is where it was asked.
        _ = machine.learned(try #require(SlotMap(part, from: node(1))), now: .zero)
        #expect(machine.route(50) == .node(node(4)))
        #expect(machine.route(51) == .unserved)
        var two = try ready()
        #expect(two.route(nil) == .node(node(1)))
        _ = two.lost(node(1), now: .seconds(1))
        #expect(two.route(nil) == .node(node(2)))
        #expect(two.anyNode(otherThan: node(2)) == node(1))
    }

    @Test(
        "A reply that is no map is refused",
        arguments: [
            RedisValue.array([]), .null, .integer(1), .array([.integer(1)]), .array([.array([.integer(0)])]),
            .array([.array([.integer(0), .integer(99_999), .array([.text("h"), .integer(1)])])]),
            .array([.array([.integer(5), .integer(1), .array([.text("h"), .integer(1)])])]),
            .array([.array([.integer(0), .integer(1), .array([.text("h"), .integer(0)])])]),
        ])
    func noMap(reply: RedisValue) {
        #expect(SlotMap(reply, from: node(1)) == nil)
    }
}
