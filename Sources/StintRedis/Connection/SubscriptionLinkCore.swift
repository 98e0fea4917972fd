// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore

/// The part of the pub/sub connection that lives on the event loop: performs what its machine decides.
///
/// Nothing is expected on such a connection, so a dead peer is found by asking: a PING each ten seconds must bring
/// something before the next one.
final class SubscriptionLinkCore: RedisSocketDelegate {
    private static let pingInterval: Duration = .seconds(10)

    private var machine: SubscriptionMachine
    private let dialer: Dialer
    private let reactor: NIOReactor
    private let logger: Logger
    private var socket: RedisSocket?
    private var ping: Scheduled<Void>?
    private var heardSincePing = true

    init(machine: SubscriptionMachine, dialer: Dialer, logger: Logger) {
        self.machine = machine
        self.dialer = dialer
        reactor = dialer.reactor
        self.logger = logger
    }

    func add(_ listener: SubscriptionMachine.Listener, id: UInt64, to channel: String) {
        perform(machine.add(listener, id: id, to: channel))
    }

    func remove(id: UInt64, from channel: String) {
        perform(machine.remove(id: id, from: channel))
    }

    func shutDown() -> EventLoopFuture<Void>? {
        let closing = socket?.close()
        socket = nil
        perform(machine.shutDown())
        return closing
    }

    // MARK: The socket

    func socketIsReady() {
        heardSincePing = true
        schedulePing()
        perform(machine.connected())
    }

    func socketReceived(_ reply: RedisValue) {
        heardSincePing = true
        if let error = reply.errorValue {
            logger.warning("Redis refused to subscribe", metadata: ["error": "\(error)"])
            return
        }
        perform(machine.received(reply))
    }

    func socketFinishedReading() {}

    func socketIsWritable() {}

    func socketFailed(_ failure: ConnectFailure) {
        logger.debug("Cannot connect to Redis", metadata: ["error": "\(failure.reason)"])
        drop()
    }

    func socketLost(_ failure: RedisFailure) {
        logger.debug("Lost the connection to Redis", metadata: ["error": "\(failure)"])
        drop()
    }

    // MARK: Effects

    private func drop() {
        close()
        perform(machine.lost())
    }

    private func close() {
        ping?.cancel()
        ping = nil
        socket?.close()
        socket = nil
    }

    private func perform(_ actions: [SubscriptionMachine.Action]) {
        for action in actions {
            switch action {
            case .connect:
                let socket = dialer.makeSocket(self)
                self.socket = socket
                socket.open()
            case .retry(let delay):
                reactor.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
                    self.perform(self.machine.retryDue())
                }
            case .disconnect:
                close()
            case .send(let command):
                send(command)
            case .ready(let listeners):
                for listener in listeners { listener.onReady() }
            case .message(let listeners, let payload):
                for listener in listeners { listener.onMessage(payload) }
            }
        }
    }

    private func send(_ command: RedisCommand) {
        guard let socket else { return }
        var buffer = socket.makeBuffer(capacity: command.bytes.count)
        buffer.writeBytes(command.bytes)
        socket.write(buffer)
    }

    private func schedulePing() {
        ping = reactor.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.pingInterval)) {
            guard self.heardSincePing else {
                self.logger.debug("Redis fell silent on the subscription connection")
                self.drop()
                return
            }
            self.heardSincePing = false
            self.send(RedisCommand("PING"))
            self.schedulePing()
        }
    }
}
