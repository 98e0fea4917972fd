// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

@testable import StintRedis

/// Runs `body` with a server that answers the first bytes of each connection with `reply`, whatever they are.
func withStranger(
    replying reply: String,
    _ body: (RedisConfiguration) async throws -> Void
) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(StrangerHandler(reply: reply))
            }
        }
        .bind(host: "127.0.0.1", port: 0)
        .get()
    let port = server.localAddress?.port ?? 0
    do {
        try await body(RedisConfiguration(host: "127.0.0.1", port: port))
        try await server.close()
    } catch {
        try await server.close()
        throw error
    }
}

private final class StrangerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let reply: String
    private var isFirst = true

    init(reply: String) {
        self.reply = reply
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isFirst else { return }
        isFirst = false
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
    }
}
