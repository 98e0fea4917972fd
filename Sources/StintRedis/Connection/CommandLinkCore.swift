// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore

/// The part of a command link that lives on the event loop: performs what its machine decides.
final class CommandLinkCore: RedisSocketDelegate {
    typealias Machine = CommandMachine<CommandLink.Call>

    /// More than this goes out in several writes, so that the socket's buffer can push back in between.
    private static let writeBytes = 1024 * 1024
    /// How long Redis may be away before that is worth a warning.
    private static let patience: Duration = .milliseconds(900)

    private var machine: Machine
    private let dialer: Dialer
    private let reactor: NIOReactor
    private let logger: Logger
    /// Called whenever the connection cannot be opened or is lost.
    private let onTrouble: (@Sendable () -> Void)?
    private var socket: RedisSocket?
    private var timer: Scheduled<Void>?
    /// Since when there is no connection, though one is wanted.
    private var awaySince: Duration?
    /// Whether the log says that there is none.
    private var hasToldAway = false
    /// Whether this connection is the one that tells of an outage; the others would repeat it.
    private let isSpokesman: Bool

    init(
        machine: Machine, dialer: Dialer, logger: Logger, isSpokesman: Bool, onTrouble: (@Sendable () -> Void)?
    ) {
        self.isSpokesman = isSpokesman
        self.machine = machine
        self.dialer = dialer
        reactor = dialer.reactor
        self.logger = logger
        self.onTrouble = onTrouble
    }

    func enqueue(_ calls: [Machine.Pending]) {
        perform(machine.enqueue(calls, now: reactor.now))
    }

    func probe(_ call: Machine.Pending) {
        perform(machine.probe(call, now: reactor.now))
    }

    func shutDown() -> EventLoopFuture<Void>? {
        timer?.cancel()
        timer = nil
        let closing = socket?.close()
        socket = nil
        perform(machine.shutDown())
        return closing
    }

    // MARK: The socket

    func socketIsReady() {
        logger.debug("Connected to Redis", metadata: ["redis.url": "\(dialer.configuration.redactedURL)"])
        if hasToldAway, isSpokesman, let awaySince {
            logger.notice(
                "The connection to Redis is back",
                metadata: ["redis.away": "\((reactor.now - awaySince).formatted)"])
        }
        awaySince = nil
        hasToldAway = false
        perform(machine.connected())
    }

    func socketReceived(_ reply: RedisValue) {
        let error = reply.errorValue
        switch machine.replied(errorCode: error?.code, now: reactor.now) {
        case .deliver(let call, let effects):
            if let error {
                call.completion(.failure(.server(error)))
            } else {
                call.completion(.success(reply))
            }
            if let effects { perform(effects) }
        case .discard(let effects):
            if let effects { perform(effects) }
        case .unexpected(let effects):
            perform(effects)
        }
    }

    func socketFinishedReading() {}

    func socketIsWritable() {
        write()
    }

    func socketFailed(_ failure: ConnectFailure) {
        socket = nil
        logger.debug("Cannot connect to Redis", metadata: ["error": "\(failure.reason)"])
        if case .refused = failure {
            logger.error("Redis refused the connection", metadata: ["error": "\(failure.reason)"])
        } else {
            tellAway(failure)
        }
        perform(machine.connectFailed(failure, now: reactor.now))
        onTrouble?()
    }

    func socketLost(_ failure: RedisFailure) {
        socket = nil
        awaySince = awaySince ?? reactor.now
        hasToldAway = true
        logger.notice("Lost the connection to Redis", metadata: ["error": "\(failure)"])
        perform(machine.lost(failure, now: reactor.now))
        onTrouble?()
    }

    /// Says once that Redis cannot be reached, and not at the first try.
    private func tellAway(_ failure: ConnectFailure) {
        let since = awaySince ?? reactor.now
        awaySince = since
        guard isSpokesman, !hasToldAway, reactor.now - since >= Self.patience else { return }
        hasToldAway = true
        logger.warning("Redis cannot be reached; it is tried again", metadata: ["error": "\(failure.reason)"])
    }

    // MARK: Effects

    private func perform(_ effects: Machine.Effects) {
        if effects.disconnect, let socket {
            let reason = effects.failed.first.map { "\($0.failure)" } ?? "the server is no longer the primary"
            logger.notice("Gave the connection to Redis up", metadata: ["error": "\(reason)"])
            awaySince = awaySince ?? reactor.now
            hasToldAway = true
            socket.close()
            self.socket = nil
        }
        if effects.connect {
            let socket = dialer.makeSocket(self)
            self.socket = socket
            socket.open()
        }
        if let delay = effects.retryAfter {
            reactor.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
                self.perform(self.machine.retryDue())
            }
        }
        if let deadline = effects.timer {
            timer?.cancel()
            timer = reactor.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline - reactor.now)) {
                self.perform(self.machine.timerFired(now: self.reactor.now))
            }
        }
        if effects.write { write() }
        for call in effects.connected {
            call.completion(.success(.null))
        }
        for (call, failure) in effects.failed {
            call.completion(.failure(failure))
        }
    }

    private func write() {
        while let socket, socket.isWritable {
            guard let first = machine.takeForWriting() else { return }
            var buffer = socket.makeBuffer(capacity: first.bytes.count)
            buffer.writeBytes(first.bytes)
            while buffer.readableBytes < Self.writeBytes, let next = machine.takeForWriting() {
                buffer.writeBytes(next.bytes)
            }
            socket.write(buffer)
        }
    }
}
