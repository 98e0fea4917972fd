// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension ClusterRouter: RedisPairTransport {
    /// Sends a pair to the node of the first command's key; a redirection is its caller's to repeat after.
    package func send(
        _ first: RedisCommand, then second: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisPairReply, RedisFailure>) -> Void
    ) {
        let now = reactor.now
        let slot = first.place.slot
        let (target, actions): ((CommandLink, ClusterEndpoint)?, [ClusterMachine.Action]) = state.withLock { state in
            guard !state.isClosed else { return (nil, []) }
            guard case .node(let endpoint) = state.machine.route(slot) else { return (nil, state.machine.want(now)) }
            return ((node(endpoint, &state).waitingLink, endpoint), [])
        }
        perform(actions)
        guard let (link, endpoint) = target else {
            reactor.execute { completion(.failure(.notSent("it is not known who serves the queue"))) }
            return
        }
        link.send(first, then: second, timeout: timeout) { [self] result in
            if case .failure(let failure) = result { learn(from: failure, at: endpoint) }
            completion(result)
        }
    }

    /// Takes notice of a failure; the command is not sent on.
    private func learn(from failure: RedisFailure, at endpoint: ClusterEndpoint) {
        let now = reactor.now
        perform(
            state.withLock { state in
                guard !state.isClosed else { return [] }
                return state.machine.failed(failure, at: endpoint, keys: 1, hops: ClusterMachine.maxHops, now: now).1
            })
    }
}
