// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore

/// The part of the route to the primary that lives on the event loop: performs what its search decides.
final class PrimaryRouteCore {
    private static let watchDelay: Duration = .seconds(1)

    private var search: PrimarySearch
    private let options: SentinelOptions
    private let dialers: [Dialer]
    private let watches: [SubscriptionLink]
    private let reactor: NIOReactor
    private let logger: Logger
    private var waiting: [(Result<RedisConfiguration.Address, ConnectFailure>) -> Void] = []
    private var question: SentinelQuestion?
    /// The sockets that are open or being opened, and where to.
    private var sockets: [ObjectIdentifier: (socket: RedisSocket, address: RedisConfiguration.Address)] = [:]
    private var subscriptions: [RedisSubscription] = []
    private var watchTimer: Scheduled<Void>?
    private var isShutDown = false

    init(
        options: SentinelOptions, dialers: [Dialer], watches: [SubscriptionLink], reactor: NIOReactor, logger: Logger
    ) {
        search = PrimarySearch(options: options)
        self.options = options
        self.dialers = dialers
        self.watches = watches
        self.reactor = reactor
        self.logger = logger
    }

    func find(_ body: @escaping (Result<RedisConfiguration.Address, ConnectFailure>) -> Void) {
        guard !isShutDown else { return body(.failure(.unreachable("the client was shut down"))) }
        watchLater()
        waiting.append(body)
        perform(search.look())
    }

    func began(_ socket: RedisSocket, at address: RedisConfiguration.Address) {
        sockets[ObjectIdentifier(socket)] = (socket, address)
    }

    func ended(_ socket: RedisSocket) {
        guard let (_, address) = sockets.removeValue(forKey: ObjectIdentifier(socket)) else { return }
        search.ended(at: address)
    }

    /// Ends everything and returns the links that are to be shut down.
    func shutDown() -> [SubscriptionLink] {
        isShutDown = true
        watchTimer?.cancel()
        question?.cancel()
        question = nil
        subscriptions = []
        waiting = []
        return watches
    }

    private func perform(_ action: PrimarySearch.Action) {
        switch action {
        case .ask(let place):
            let question = SentinelQuestion(dialer: dialers[place], primaryName: options.primaryName) { answer in
                self.question = nil
                self.perform(self.search.answered(answer))
            }
            self.question = question
            question.ask()
        case .use(let address):
            answer(.success(address))
        case .fail(let failure):
            answer(.failure(failure))
        case .none:
            break
        }
    }

    private func answer(_ result: Result<RedisConfiguration.Address, ConnectFailure>) {
        let bodies = waiting
        waiting = []
        for body in bodies { body(result) }
    }

    // MARK: The announcements

    /// Later, so that a command that takes milliseconds does not open these connections.
    private func watchLater() {
        guard watchTimer == nil else { return }
        watchTimer = reactor.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.watchDelay)) {
            guard !self.isShutDown else { return }
            let bound = NIOLoopBound(self, eventLoop: self.reactor.eventLoop)
            self.subscriptions = self.watches.map { watch in
                watch.subscribe("+switch-master", .init(onMessage: { bound.value.heard($0) }, onReady: {}))
            }
        }
    }

    /// Takes an announcement: the primary's name, the former address, the new one.
    private func heard(_ message: [UInt8]) {
        let words = String(decoding: message, as: UTF8.self).split(separator: " ").map { RedisValue.text(String($0)) }
        guard !isShutDown, words.count == 5, words[0].string == options.primaryName,
            let address = SentinelQuestion.address(Array(words[3...4]))
        else { return }
        let action = search.switched(to: address)
        question?.cancel()
        question = nil
        let place = RedisConfiguration.endpoint(address)
        let stale = sockets.values.filter { $0.address != address }
        if !stale.isEmpty { logger.notice("The primary has changed", metadata: ["redis.primary": "\(place)"]) }
        for (socket, _) in stale { socket.abandon("the primary is \(place) now") }
        perform(action)
    }
}
