// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOPosix

/// What a socket tells; called on the event loop.
protocol RedisSocketDelegate: AnyObject {
    /// The socket is open and logged in.
    func socketIsReady()
    /// A reply came.
    func socketReceived(_ reply: RedisValue)
    /// What was received so far is delivered.
    func socketFinishedReading()
    /// The socket takes more bytes again.
    func socketIsWritable()
    /// The socket never became ready. Nothing follows.
    func socketFailed(_ failure: ConnectFailure)
    /// The socket was ready and is lost. Nothing follows.
    func socketLost(_ failure: RedisFailure)
}

/// One connection: waits for its turn, finds the server, opens the socket, secures it, logs in, then delivers replies
/// until it is closed.
///
/// Never reused: a link makes a new one for each attempt, so what a former one still does reaches nobody. Confined to
/// the event loop.
final class RedisSocket {
    private let dialer: Dialer
    private let eventLoop: any EventLoop
    private var address: RedisConfiguration.Address?
    /// Held strongly until the end, which cuts the cycle.
    private var delegate: (any RedisSocketDelegate)?
    private var channel: (any Channel)?
    private var reader: ReplyReader?
    private var handshake: Handshake?
    private var isReady = false
    private var deadline: Scheduled<Void>?
    private var lastError: (any Error)?

    init(dialer: Dialer, delegate: any RedisSocketDelegate) {
        self.dialer = dialer
        eventLoop = dialer.reactor.eventLoop
        self.delegate = delegate
    }

    private var configuration: RedisConfiguration { dialer.configuration }

    // MARK: For the link

    /// Begins to open the socket; the delegate hears of the outcome later, never within this call.
    func open() {
        let delay = dialer.starts.delay(now: dialer.reactor.now)
        guard delay == .zero else {
            deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { self.find() }
            return
        }
        find()
    }

    private func find() {
        deadline = nil
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        dialer.route.find { result in
            switch result {
            case .success(let address): bound.value.connect(to: address)
            case .failure(let failure): bound.value.eventLoop.execute { bound.value.end(failure) }
            }
        }
    }

    private func connect(to address: RedisConfiguration.Address) {
        // It may have been closed meanwhile.
        guard delegate != nil else { return }
        self.address = address
        dialer.route.began(self, at: address)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let limit = dialer.connectTimeout
        deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            // A plain Redis takes the first bytes of TLS for the beginning of a command and waits for its end.
            self.dialer.reconnects.ranOut()
            let hint = self.dialer.tls == nil ? "" : " (does the port speak TLS?)"
            self.end(.unreachable("no answer within \(limit.formatted)\(hint)"))
        }
        let password: String?
        do {
            password =
                try configuration.passwordFile.map { path throws(ConnectFailure) in
                    try SecretFile.firstLine(of: path)
                } ?? configuration.password
            reader = try ReplyReader()
        } catch {
            let failure = error as? ConnectFailure ?? .unreachable("\(error)")
            eventLoop.execute { bound.value.end(failure) }
            return
        }
        handshake = Handshake(
            configuration: configuration, password: password, needsPrimary: dialer.route.needsPrimary)
        var bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(limit))
            .channelOption(.writeBufferWaterMark, value: .init(low: 256 * 1024, high: 1024 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.addHandlers(to: channel) }
            }
        let connecting: EventLoopFuture<any Channel>
        switch address {
        case .tcp(let host, let port):
            bootstrap =
                bootstrap
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
            connecting = bootstrap.connect(host: host, port: port)
        case .unix(let path):
            connecting = bootstrap.connect(unixDomainSocketPath: path)
        }
        connecting.assumeIsolated().whenFailure { error in
            self.end(ConnectFailure(error))
        }
    }

    /// Gives the socket up, and tells the delegate why.
    func abandon(_ reason: String) {
        end(.unreachable(reason))
    }

    /// Whether more should be written now.
    var isWritable: Bool {
        isReady && channel?.isWritable == true
    }

    /// An empty buffer of that size.
    func makeBuffer(capacity: Int) -> ByteBuffer {
        channel?.allocator.buffer(capacity: capacity) ?? ByteBuffer()
    }

    /// Writes and flushes; where that fails, the socket is lost soon.
    func write(_ buffer: ByteBuffer) {
        channel?.writeAndFlush(buffer, promise: nil)
    }

    /// Closes the socket; the delegate hears nothing any more.
    ///
    /// Returns when it is closed, where it was open.
    @discardableResult
    func close() -> EventLoopFuture<Void>? {
        delegate = nil
        deadline?.cancel()
        deadline = nil
        dialer.route.ended(self)
        guard let channel else { return nil }
        self.channel = nil
        channel.close(promise: nil)
        return channel.closeFuture
    }

    // MARK: For the handler

    fileprivate func isActive(_ channel: any Channel) {
        guard delegate != nil, let handshake else {
            channel.close(promise: nil)
            return
        }
        self.channel = channel
        var buffer = channel.allocator.buffer(capacity: 256)
        for command in handshake.commands {
            buffer.writeBytes(command.bytes)
        }
        write(buffer)
    }

    fileprivate func received(_ buffer: ByteBuffer) {
        guard let reader else { return }
        do {
            try buffer.withUnsafeReadableBytes { bytes in
                try reader.read(bytes) { reply in self.received(reply) }
            }
        } catch {
            let reason = ConnectFailure.text(error)
            end(.unreachable("it does not speak the Redis protocol: \(reason)"), lost: .protocolViolation(reason))
        }
    }

    private func received(_ reply: RedisValue) {
        guard !isReady else {
            delegate?.socketReceived(reply)
            return
        }
        switch handshake?.received(reply) {
        case .waiting, nil:
            break
        case .failed(let failure):
            end(failure)
        case .done:
            isReady = true
            dialer.reconnects.succeeded()
            handshake = nil
            deadline?.cancel()
            deadline = nil
            delegate?.socketIsReady()
        }
    }

    fileprivate func finishedReading() {
        if isReady { delegate?.socketFinishedReading() }
    }

    fileprivate func writabilityChanged() {
        if isWritable { delegate?.socketIsWritable() }
    }

    fileprivate func caught(_ error: any Error) {
        if lastError == nil { lastError = error }
    }

    fileprivate func isInactive() {
        let failure = lastError.map { ConnectFailure($0) } ?? .unreachable("the server closed the connection")
        end(failure)
    }

    // MARK: Steps

    private func addHandlers(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls = dialer.tls {
            #if TLS
            try pipeline.addHandler(tls.makeHandler(for: address))
            #else
            _ = tls
            throw ConnectFailure.refused(TLSOptions.missingMessage)
            #endif
        }
        try pipeline.addHandler(RedisSocketHandler(socket: self))
    }

    /// Ends the socket once, by itself, and tells the delegate why.
    private func end(_ failure: ConnectFailure, lost: RedisFailure? = nil) {
        guard let delegate else { return }
        close()
        if isReady {
            delegate.socketLost(lost ?? .outcomeUnknown("the connection to Redis was lost: \(failure.reason)"))
        } else {
            delegate.socketFailed(address.map { dialer.route.explain(failure, at: $0) } ?? failure)
        }
    }
}

/// Passes the events of the channel on.
private final class RedisSocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let socket: RedisSocket

    init(socket: RedisSocket) {
        self.socket = socket
    }

    func channelActive(context: ChannelHandlerContext) {
        socket.isActive(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        socket.received(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        socket.finishedReading()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        socket.writabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        socket.caught(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        socket.isInactive()
    }
}
