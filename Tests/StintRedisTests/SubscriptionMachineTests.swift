// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StintRedis

@Suite struct SubscriptionMachineTests {
    private let listener = SubscriptionMachine.Listener(onMessage: { _ in }, onReady: {})

    private func push(_ kind: String, _ channel: String, _ last: RedisValue = .integer(1)) -> RedisValue {
        .array([.text(kind), .text(channel), last])
    }

    @Test("The first listener opens the connection, the last one closes it")
    func lifetime() {
        var machine = SubscriptionMachine(random: HalfRandom())
        #expect(machine.add(listener, id: 1, to: "a").names == ["connect"])
        #expect(machine.add(listener, id: 2, to: "b").names == [])
        #expect(machine.connected().names == ["send SUBSCRIBE"])
        #expect(machine.received(push("subscribe", "a")).names == ["ready 1"])
        #expect(machine.add(listener, id: 3, to: "a").names == ["ready 1"])
        #expect(machine.received(push("message", "a", .text("hello"))).names == ["message 2"])
        #expect(machine.remove(id: 1, from: "a").names == [])
        #expect(machine.remove(id: 3, from: "a").names == ["send UNSUBSCRIBE"])
        #expect(machine.received(push("message", "a", .text("late"))).names == [])
        #expect(machine.remove(id: 2, from: "b").names == ["disconnect"])
        #expect(machine.add(listener, id: 4, to: "a").names == ["connect"])
    }

    @Test("After a loss all channels are subscribed again and their listeners told")
    func reconnects() {
        var machine = SubscriptionMachine(random: HalfRandom())
        _ = machine.add(listener, id: 1, to: "a")
        _ = machine.connected()
        _ = machine.received(push("subscribe", "a"))
        #expect(machine.lost().names == ["retry"])
        #expect(machine.add(listener, id: 2, to: "a").names == [])
        #expect(machine.retryDue().names == ["connect"])
        #expect(machine.connected().names == ["send SUBSCRIBE"])
        #expect(machine.received(push("subscribe", "a")).names == ["ready 2"])
    }

    @Test("Nobody listening any more stops the attempts")
    func gaveUp() {
        var machine = SubscriptionMachine(random: HalfRandom())
        _ = machine.add(listener, id: 1, to: "a")
        _ = machine.lost()
        #expect(machine.remove(id: 1, from: "a").names == [])
        #expect(machine.retryDue().names == [])
        #expect(machine.add(listener, id: 2, to: "a").names == ["connect"])
    }

    @Test("After the shutdown nothing is opened")
    func shutDown() {
        var machine = SubscriptionMachine(random: HalfRandom())
        _ = machine.add(listener, id: 1, to: "a")
        #expect(machine.shutDown().names == ["disconnect"])
        #expect(machine.lost().names == [] && machine.add(listener, id: 2, to: "a").names == [])
    }
}

extension [SubscriptionMachine.Action] {
    fileprivate var names: [String] {
        map { action in
            switch action {
            case .connect: "connect"
            case .retry: "retry"
            case .disconnect: "disconnect"
            case .send(let command): "send \(command.name)"
            case .ready(let listeners): "ready \(listeners.count)"
            case .message(let listeners, _): "message \(listeners.count)"
            }
        }
    }
}
