// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
package import Logging
package import StintRedis

extension ClientCore {
    /// Connects to one Redis node or to a cluster; nothing is opened before the first command.
    package convenience init(
        redis: RedisConfiguration, namespace: String, logger: Logger, sealing: Sealing? = nil
    ) {
        let random = SystemRandom()
        let reactor = NIOReactor()
        let reconnects = ReconnectLimit()
        let isDefaultUser = (redis.username ?? "default") == "default"
        let wallClock: @Sendable () -> UInt64 = { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) }
        if redis.isCluster {
            let cluster = RedisCluster(
                configuration: redis, reactor: reactor, random: random, reconnects: reconnects, logger: logger)
            self.init(
                transport: cluster.commands, blocking: cluster.blocking, reactor: reactor, random: random,
                wallClock: wallClock, namespace: namespace, logger: logger, commandTimeout: redis.commandTimeout,
                subscribe: { channel, onMessage, onReady in
                    let subscription = cluster.subscribe(channel, onMessage: onMessage, onReady: onReady)
                    return { subscription.cancel() }
                },
                close: { await cluster.shutdown() }, pairs: cluster.pairs,
                primaries: { () async throws(RedisFailure) in try await cluster.primaries() },
                reconnects: reconnects, sealing: sealing, isDefaultUser: isDefaultUser)
            return
        }
        let node = RedisNode(
            configuration: redis, reactor: reactor, random: random, reconnects: reconnects, logger: logger)
        self.init(
            transport: node.commands, blocking: node.blocking, reactor: reactor, random: random,
            wallClock: wallClock, namespace: namespace, logger: logger, commandTimeout: redis.commandTimeout,
            subscribe: { channel, onMessage, onReady in
                let subscription = node.subscribe(channel, onMessage: onMessage, onReady: onReady)
                return { subscription.cancel() }
            },
            close: { await node.shutdown() }, pairs: node.pairs, reconnects: reconnects, sealing: sealing,
            isDefaultUser: isDefaultUser)
    }
}
