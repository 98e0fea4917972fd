// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides what a pub/sub connection asks for and who hears what it receives.
///
/// Holds no clock and does no I/O.
struct SubscriptionMachine {
    /// Who listens to a channel.
    struct Listener: Sendable {
        var onMessage: @Sendable ([UInt8]) -> Void
        var onReady: @Sendable () -> Void
    }

    /// What the shell is to do.
    enum Action {
        case connect
        case retry(after: Duration)
        case disconnect
        case send(RedisCommand)
        case ready([Listener])
        case message([Listener], [UInt8])
    }

    private enum Phase {
        case idle, backingOff, connecting, ready, closed
    }

    private struct Channel {
        var listeners: [UInt64: Listener] = [:]
        /// Redis has confirmed it on the present connection.
        var isActive = false
    }

    private var phase = Phase.idle
    private var backoff: Backoff
    private var channels: [String: Channel] = [:]

    init(random: any RandomSource) {
        backoff = Backoff(random: random)
    }

    /// Adds a listener under a number that is used once.
    mutating func add(_ listener: Listener, id: UInt64, to channel: String) -> [Action] {
        if phase == .closed { return [] }
        let isNew = channels[channel] == nil
        channels[channel, default: Channel()].listeners[id] = listener
        switch phase {
        case .idle:
            phase = .connecting
            return [.connect]
        case .ready where isNew:
            return [.send(RedisCommand("SUBSCRIBE", channel))]
        case .ready where channels[channel]?.isActive == true:
            return [.ready([listener])]
        case .ready, .backingOff, .connecting, .closed:
            return []
        }
    }

    /// Takes a listener away; the last one closes the connection.
    mutating func remove(id: UInt64, from channel: String) -> [Action] {
        guard channels[channel]?.listeners.removeValue(forKey: id) != nil,
            channels[channel]?.listeners.isEmpty == true
        else { return [] }
        channels[channel] = nil
        guard channels.isEmpty else {
            return phase == .ready ? [.send(RedisCommand("UNSUBSCRIBE", channel))] : []
        }
        let isOpen = phase == .ready || phase == .connecting
        if phase != .backingOff { phase = .idle }
        return isOpen ? [.disconnect] : []
    }

    /// The socket is open and logged in.
    mutating func connected() -> [Action] {
        phase = .ready
        let names = channels.keys.sorted()
        return names.isEmpty ? [] : [.send(RedisCommand("SUBSCRIBE", names))]
    }

    /// Takes what Redis pushes.
    mutating func received(_ value: RedisValue) -> [Action] {
        guard let elements = value.arrayValue, elements.count == 3, let kind = elements[0].string,
            let channel = elements[1].string
        else { return [] }
        switch kind {
        case "subscribe":
            backoff.reset()
            guard let listeners = channels[channel]?.listeners else { return [] }
            channels[channel]?.isActive = true
            return [.ready(Array(listeners.values))]
        case "message":
            guard let listeners = channels[channel]?.listeners, let payload = elements[2].bytesValue else { return [] }
            return [.message(Array(listeners.values), payload)]
        default:
            return []
        }
    }

    /// The socket could not be opened or was lost.
    mutating func lost() -> [Action] {
        guard phase != .closed else { return [] }
        for name in channels.keys {
            channels[name]?.isActive = false
        }
        // Also with nobody listening: who comes next must not open sockets faster than the back-off.
        phase = .backingOff
        return [.retry(after: backoff.next())]
    }

    /// The back-off is over.
    mutating func retryDue() -> [Action] {
        guard phase == .backingOff else { return [] }
        phase = channels.isEmpty ? .idle : .connecting
        return channels.isEmpty ? [] : [.connect]
    }

    /// The client is shut down.
    mutating func shutDown() -> [Action] {
        phase = .closed
        channels = [:]
        return [.disconnect]
    }
}
