// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

/// Commands are named by letters; nothing here opens a socket or waits.
@Suite struct CommandMachineTests {
    typealias Machine = CommandMachine<String>

    private static let refused = ConnectFailure.unreachable("connection refused")

    private func machine(expiries: Int = 2) -> Machine {
        Machine(endpoint: "here:6379", expiriesBeforeClose: expiries, random: HalfRandom())
    }

    private func pending(
        _ command: String,
        at now: Duration = .zero,
        timeout: Duration = .seconds(5)
    ) -> Machine.Pending {
        .init(command: command, deadline: now + timeout, timeout: timeout)
    }

    /// A connected machine that has sent `sent`.
    private func ready(_ sent: [String] = [], expiries: Int = 2) -> Machine {
        var machine = machine(expiries: expiries)
        _ = machine.probe(pending("probe"), now: .zero)
        _ = machine.connected()
        _ = machine.enqueue(sent.map { pending($0) }, now: .zero)
        #expect(machine.drained() == sent)
        return machine
    }

    @Test("The first command opens a connection, and all are written once it is there")
    func opens() {
        var machine = machine()
        let first = machine.enqueue([pending("a")], now: .zero)
        #expect(first.connect && !first.write && first.timer == .seconds(5))
        let second = machine.enqueue([pending("b")], now: .seconds(1))
        #expect(!second.connect && second.timer == nil)
        #expect(machine.takeForWriting() == nil)
        #expect(machine.connected().write)
        #expect(machine.drained() == ["a", "b"])
    }

    @Test("Replies go to the commands in the order sent")
    func order() {
        var machine = ready(["a", "b"])
        #expect(machine.replied(errorCode: nil, now: .zero).delivered == "a")
        #expect(machine.replied(errorCode: "ERR", now: .zero).delivered == "b")
    }

    @Test("A command bound to the one before it goes out on the same connection or not at all")
    func bound() {
        var machine = ready()
        var second = pending("b")
        second.isBound = true
        _ = machine.enqueue([pending("a"), second, pending("c")], now: .zero)
        #expect(machine.takeForWriting() == "a")
        let lost = machine.lost(.outcomeUnknown("reset"), now: .zero)
        #expect(lost.failed.map(\.command) == ["a", "b"])
        guard case .notSent? = lost.failed.last?.failure else {
            Issue.record("\(lost.failed)")
            return
        }
        #expect(machine.retryDue().connect)
        #expect(machine.connected().write)
        #expect(machine.drained() == ["c"])
    }

    @Test("A bound command whose predecessor was not sent waits with it")
    func boundBoth() {
        var machine = ready()
        var second = pending("b")
        second.isBound = true
        _ = machine.enqueue([pending("a"), second], now: .zero)
        #expect(machine.lost(.outcomeUnknown("reset"), now: .zero).failed.isEmpty)
        _ = machine.retryDue()
        _ = machine.connected()
        #expect(machine.drained() == ["a", "b"])
    }

    @Test("A reply to nothing closes the connection")
    func unexpected() {
        var machine = ready(["a"])
        _ = machine.replied(errorCode: nil, now: .zero)
        guard case .unexpected(let effects) = machine.replied(errorCode: nil, now: .zero) else {
            Issue.record("the reply was taken")
            return
        }
        #expect(effects.disconnect)
    }

    @Test("A lost connection fails what was sent and keeps what was not")
    func loses() {
        var machine = ready(["a", "b"])
        _ = machine.enqueue([pending("c")], now: .zero)
        let effects = machine.lost(.outcomeUnknown("gone"), now: .seconds(1))
        #expect(effects.failed.map(\.command) == ["a", "b"])
        #expect(effects.failed.allSatisfy { $0.failure == .outcomeUnknown("gone") })
        #expect(effects.retryAfter == .milliseconds(50) && !effects.disconnect)
        #expect(machine.retryDue().connect)
        #expect(machine.connected().write)
        #expect(machine.drained() == ["c"])
    }

    @Test("A lost connection that nobody needs is opened again by the next command, not before its back-off")
    func idle() {
        var machine = ready()
        let effects = machine.lost(.outcomeUnknown("gone"), now: .seconds(1))
        #expect(effects.retryAfter == nil && !effects.connect)
        let next = machine.enqueue([pending("a")], now: .milliseconds(1_020))
        #expect(!next.connect && next.retryAfter == .milliseconds(30))
    }

    @Test("No back-off is longer than half of the time that a waiting command has")
    func backsOffByUrgency() {
        var machine = machine()
        _ = machine.enqueue([pending("enqueue", timeout: .seconds(60))], now: .zero)
        var waits: [Duration] = []
        for _ in 0..<8 {
            waits.append(machine.connectFailed(Self.refused, now: .zero).retryAfter ?? .zero)
            _ = machine.retryDue()
        }
        #expect(waits.last == .milliseconds(2500))
        _ = machine.enqueue([pending("renew", timeout: .seconds(1))], now: .zero)
        #expect(machine.connectFailed(Self.refused, now: .zero).retryAfter == .milliseconds(500))
    }

    @Test("Back-off doubles up to five seconds and begins anew after a reply")
    func backsOff() {
        var machine = machine()
        _ = machine.enqueue([pending("a", timeout: .seconds(1_000))], now: .zero)
        var waits: [Duration] = []
        for _ in 0..<8 {
            waits.append(machine.connectFailed(Self.refused, now: .zero).retryAfter ?? .zero)
            #expect(machine.retryDue().connect)
        }
        #expect(waits == [50, 100, 200, 400, 800, 1_600, 2_500, 2_500].map { .milliseconds($0) })
        _ = machine.connected()
        #expect(machine.drained() == ["a"])
        _ = machine.replied(errorCode: nil, now: .zero)
        _ = machine.enqueue([pending("b")], now: .zero)
        #expect(machine.lost(.outcomeUnknown(""), now: .zero).retryAfter == .milliseconds(50))
    }

    @Test("A command that was never sent expires as such and tells the last connect error")
    func expiresUnsent() {
        var machine = machine()
        _ = machine.enqueue([pending("a"), pending("b", timeout: .seconds(9))], now: .zero)
        _ = machine.connectFailed(Self.refused, now: .zero)
        let effects = machine.timerFired(now: .seconds(5))
        #expect(effects.failed.map(\.command) == ["a"])
        #expect(effects.failed.first?.failure == .notSent("cannot connect to Redis at here:6379: connection refused"))
        #expect(effects.timer == .seconds(9))
    }

    @Test("An expired command gives up its reply, which is dropped, and the others keep theirs")
    func discards() {
        var machine = ready(["a"])
        _ = machine.enqueue([pending("b", at: .seconds(2))], now: .seconds(2))
        #expect(machine.drained() == ["b"])
        let effects = machine.timerFired(now: .seconds(5))
        #expect(effects.failed.map(\.command) == ["a"] && effects.failed.first?.failure.isOutcomeUnknown == true)
        #expect(!effects.disconnect && effects.timer == .seconds(7))
        #expect(machine.replied(errorCode: nil, now: .seconds(6)).delivered == nil)
        #expect(machine.replied(errorCode: nil, now: .seconds(6)).delivered == "b")
    }

    @Test("A second expiry without a reply in between closes the connection")
    func closes() {
        var machine = ready(["a"])
        _ = machine.enqueue(
            [pending("b", at: .seconds(2)), pending("c", at: .seconds(3))], now: .seconds(2))
        #expect(machine.drained() == ["b", "c"])
        #expect(!machine.timerFired(now: .seconds(5)).disconnect)
        let effects = machine.timerFired(now: .seconds(7))
        #expect(effects.disconnect)
        #expect(effects.failed.map(\.command) == ["b", "c"])
        #expect(machine.sentCount == 0)
    }

    @Test("A blocking connection closes at the first expiry")
    func closesAtOnce() {
        var machine = ready(["a"], expiries: 1)
        #expect(machine.timerFired(now: .seconds(5)).disconnect)
    }

    @Test("A shorter time limit behind a longer one moves the timer")
    func timer() {
        var machine = ready(["a"])
        #expect(machine.enqueue([pending("b", timeout: .seconds(1))], now: .zero).timer == .seconds(1))
        #expect(machine.enqueue([pending("c", timeout: .seconds(2))], now: .zero).timer == nil)
    }

    @Test("A refused login fails everything at once, and later commands try again once per back-off")
    func refused() {
        var machine = machine()
        _ = machine.enqueue([pending("a"), pending("b")], now: .zero)
        let effects = machine.connectFailed(.refused("WRONGPASS"), now: .zero)
        let failure = RedisFailure.refused("cannot use Redis at here:6379: WRONGPASS")
        #expect(effects.failed.map(\.command) == ["a", "b"])
        #expect(effects.failed.allSatisfy { $0.failure == failure } && effects.retryAfter == nil)
        let soon = machine.enqueue([pending("c")], now: .milliseconds(99))
        #expect(soon.failed.first?.failure == failure && !soon.connect)
        let later = machine.enqueue([pending("d")], now: .milliseconds(100))
        #expect(later.failed.isEmpty && later.connect)
    }

    @Test(
        "READONLY and UNBLOCKED end the connection once all that was sent is answered",
        arguments: ["READONLY", "UNBLOCKED"])
    func drains(code: String) {
        var machine = ready(["a", "b"])
        guard case .deliver("a", nil) = machine.replied(errorCode: code, now: .zero) else {
            Issue.record("closed too early")
            return
        }
        #expect(!machine.enqueue([pending("c")], now: .zero).write)
        #expect(machine.takeForWriting() == nil)
        guard case .deliver("b", let effects?) = machine.replied(errorCode: nil, now: .zero) else {
            Issue.record("not closed")
            return
        }
        #expect(effects.disconnect && effects.failed.isEmpty && effects.retryAfter != nil)
    }

    @Test(
        "Replies that ask for patience keep the connection",
        arguments: ["LOADING", "MASTERDOWN", "BUSY", "TRYAGAIN", "CLUSTERDOWN"])
    func patience(code: String) {
        var machine = ready(["a"])
        guard case .deliver("a", nil) = machine.replied(errorCode: code, now: .zero) else {
            Issue.record("the connection was closed")
            return
        }
    }

    @Test("Who waits for a connection hears the very first error")
    func probes() {
        var machine = machine()
        #expect(machine.probe(pending("p"), now: .zero).connect)
        let effects = machine.connectFailed(Self.refused, now: .zero)
        #expect(effects.failed.map(\.command) == ["p"])
        #expect(effects.failed.first?.failure == .notSent("cannot connect to Redis at here:6379: connection refused"))
        #expect(effects.retryAfter == nil)
        let again = machine.probe(pending("q"), now: .seconds(1))
        #expect(again.connect)
        #expect(machine.connected().connected == ["q"])
        #expect(machine.probe(pending("r"), now: .seconds(1)).connected == ["r"])
    }

    @Test("After the shutdown nothing is sent, and what was sent has an unknown outcome")
    func shutsDown() {
        var machine = ready(["a"])
        _ = machine.enqueue([pending("b")], now: .zero)
        let effects = machine.shutDown()
        #expect(effects.disconnect && effects.failed.map(\.command) == ["a", "b"])
        #expect(effects.failed.map(\.failure.isOutcomeUnknown) == [true, false])
        #expect(machine.enqueue([pending("c")], now: .zero).failed.first?.failure == .closed)
        #expect(machine.probe(pending("p"), now: .zero).failed.first?.failure == .closed)
        #expect(!machine.retryDue().connect)
    }
}

/// Always the middle of the range.
struct HalfRandom: RandomSource {
    func next() -> UInt64 { 1 << 63 }
}

extension CommandMachine {
    fileprivate mutating func drained() -> [Command] {
        var commands: [Command] = []
        while let command = takeForWriting() { commands.append(command) }
        return commands
    }
}

extension CommandMachine.Reply {
    fileprivate var delivered: Command? {
        guard case .deliver(let command, _) = self else { return nil }
        return command
    }
}
