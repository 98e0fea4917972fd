// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A tiny HTTP/1 server that says whether its process is well: `GET /healthz` answers 200 or 503, with the reason.
///
/// It runs on an event loop that the rest shares only by chance, answers one request a connection, and serves at most
/// 64 connections at a time, each for at most five seconds.
package final class HealthResponder: Sendable {
    /// What to answer: nil when all is well, else the reason.
    package typealias Look = @Sendable () -> String?

    /// Why it cannot listen.
    package struct ListenError: Error, CustomStringConvertible {
        /// The number of the system's error, or 0.
        package let code: Int32
        /// The system's words for it.
        package let description: String
    }

    static let connectionLimit = 64
    static let patience: TimeAmount = .seconds(5)

    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
    }

    /// Listens at a host's port, 0 for any free one.
    ///
    /// - Throws: ``ListenError``, such as a port that is taken.
    package static func start(host: String, port: Int, look: @escaping Look) async throws(ListenError)
        -> HealthResponder
    {
        do {
            return HealthResponder(channel: try await bind(host: host, port: port, look: look))
        } catch let error as IOError {
            throw ListenError(code: error.errnoCode, description: String(cString: strerror(error.errnoCode)))
        } catch is SocketAddressError {
            throw ListenError(code: 0, description: "no such host")
        } catch {
            throw ListenError(code: 0, description: "\(error)")
        }
    }

    private static func bind(host: String, port: Int, look: @escaping Look) async throws -> any Channel {
        let connections = ConnectionCount(limit: connectionLimit)
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.enter() else { throw ChannelError.operationUnsupported }
                    channel.closeFuture.whenComplete { _ in connections.leave() }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try pipeline.addHandler(HealthHandler(look: look))
                }
            }
            .bind(host: host, port: port)
            .get()
    }

    /// The port that it listens at.
    package var port: Int { channel.localAddress?.port ?? 0 }

    /// Stops listening.
    package func stop() async {
        try? await channel.close()
    }
}
