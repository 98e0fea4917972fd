// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Asks one sentinel where the primary is, on a connection of its own.
///
/// Confined to the event loop.
final class SentinelQuestion: RedisSocketDelegate {
    private let dialer: Dialer
    private let primaryName: String
    private var completion: ((PrimarySearch.Answer) -> Void)?
    private var socket: RedisSocket?
    private var deadline: Scheduled<Void>?

    init(dialer: Dialer, primaryName: String, completion: @escaping (PrimarySearch.Answer) -> Void) {
        self.dialer = dialer
        self.primaryName = primaryName
        self.completion = completion
    }

    /// Begins; the completion is called later, unless it is cancelled before.
    func ask() {
        let socket = dialer.makeSocket(self)
        self.socket = socket
        socket.open()
    }

    func cancel() {
        completion = nil
        close()
    }

    func socketIsReady() {
        guard let socket else { return }
        let limit = dialer.configuration.connectTimeout
        deadline = dialer.reactor.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            self.end(.failed(.unreachable("no answer within \(limit.formatted)")))
        }
        let command = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primaryName)
        var buffer = socket.makeBuffer(capacity: command.bytes.count)
        buffer.writeBytes(command.bytes)
        socket.write(buffer)
    }

    func socketReceived(_ reply: RedisValue) {
        if let error = reply.errorValue {
            let isLogin = ["NOAUTH", "NOPERM", "WRONGPASS"].contains(error.code)
            end(.failed(isLogin ? .refused("\(error)") : .unreachable("\(error)")))
        } else if reply.isNull {
            end(.unknownName)
        } else if let address = Self.address(reply.arrayValue) {
            end(.primary(address))
        } else {
            end(.failed(.unreachable("it answered in an unknown form")))
        }
    }

    func socketFinishedReading() {}

    func socketIsWritable() {}

    func socketFailed(_ failure: ConnectFailure) { end(.failed(failure)) }

    func socketLost(_ failure: RedisFailure) { end(.failed(.unreachable("the connection was lost"))) }

    /// The address that a host and a port name.
    static func address(_ parts: [RedisValue]?) -> RedisConfiguration.Address? {
        guard let parts, parts.count == 2, let host = parts[0].string, !host.isEmpty,
            let port = parts[1].integerValue, (1...65_535).contains(port)
        else { return nil }
        return .tcp(host: host, port: Int(port))
    }

    private func end(_ answer: PrimarySearch.Answer) {
        let completion = completion
        self.completion = nil
        close()
        completion?(answer)
    }

    private func close() {
        deadline?.cancel()
        deadline = nil
        socket?.close()
        socket = nil
    }
}
