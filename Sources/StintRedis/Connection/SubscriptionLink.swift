// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import Synchronization

/// The pub/sub connection of a node: open only while somebody listens, subscribed again after each reconnect.
final class SubscriptionLink: Sendable {
    private let nextID = Atomic<UInt64>(0)
    private let reactor: NIOReactor
    private let core: NIOLoopBoundBox<SubscriptionLinkCore>

    init(name: String, dialer: Dialer, random: any RandomSource, logger: Logger) {
        reactor = dialer.reactor
        var logger = logger
        logger[metadataKey: "stint.connection"] = "\(name)"
        core = .makeBoxSendingValue(
            SubscriptionLinkCore(machine: SubscriptionMachine(random: random), dialer: dialer, logger: logger),
            eventLoop: reactor.eventLoop)
    }

    func subscribe(_ channel: String, _ listener: SubscriptionMachine.Listener) -> RedisSubscription {
        let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
        reactor.execute {
            self.core.value.add(listener, id: id, to: channel)
        }
        return RedisSubscription { [weak self] in
            guard let self else { return }
            self.reactor.execute { self.core.value.remove(id: id, from: channel) }
        }
    }

    func shutdown() async {
        await withCheckedContinuation { continuation in
            reactor.execute {
                guard let closing = self.core.value.shutDown() else { return continuation.resume() }
                closing.whenComplete { _ in continuation.resume() }
            }
        }
    }

    func shutdownWithoutWaiting() {
        reactor.execute {
            _ = self.core.value.shutDown()
        }
    }
}
