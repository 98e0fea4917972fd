// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import Synchronization

/// Answers the one request of a connection.
final class HealthHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let look: HealthResponder.Look
    private var request: HTTPRequestHead?
    private var patience: Scheduled<Void>?

    init(look: @escaping HealthResponder.Look) {
        self.look = look
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        patience = context.eventLoop.scheduleTask(in: HealthResponder.patience) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        patience?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): if request == nil { request = head }
        case .body: break
        case .end: answer(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let request else { return }
        let path = request.uri.prefix { $0 != "?" }
        let (status, text): (HTTPResponseStatus, String) =
            switch (request.method, path) {
            case (.GET, "/healthz"), (.HEAD, "/healthz"): verdict()
            case (_, "/healthz"): (.methodNotAllowed, "GET or HEAD\n")
            default: (.notFound, "there is /healthz\n")
            }
        var headers = HTTPHeaders([
            ("content-type", "text/plain; charset=utf-8"), ("content-length", "\(text.utf8.count)"),
            ("cache-control", "no-store"), ("connection", "close"),
        ])
        if status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    private func verdict() -> (HTTPResponseStatus, String) {
        guard let reason = look() else { return (.ok, "ok\n") }
        return (.serviceUnavailable, reason + "\n")
    }
}

/// Counts what may be there a limited number of times.
final class ConnectionCount: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a place, if one is free.
    func enter() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    /// Gives it back.
    func leave() {
        count.withLock { $0 -= 1 }
    }
}
