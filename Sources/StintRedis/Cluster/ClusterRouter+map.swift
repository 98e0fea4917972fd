// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension ClusterRouter {
    /// How long one node may take to tell the map; then another is asked.
    private static let patience: Duration = .seconds(2)

    /// Asks a node for the map.
    func ask(_ endpoint: ClusterEndpoint) {
        let made: RedisNode? = state.withLock { state in state.isClosed ? nil : node(endpoint, &state) }
        guard let node = made else { return }
        let patience = min(Self.patience, configuration.connectTimeout)
        // The first error of the connection is enough to go on to the next node.
        node.commandLink.connect(timeout: patience) { [self] result in
            if case .failure(let failure) = result { return told(.failure(failure), by: endpoint) }
            node.commandLink.send(RedisCommand("CLUSTER", "SLOTS"), timeout: patience) { [self] result in
                told(result, by: endpoint)
            }
        }
    }

    private func told(_ result: Result<RedisValue, RedisFailure>, by endpoint: ClusterEndpoint) {
        let now = reactor.now
        let actions: [ClusterMachine.Action] = state.withLock { state in
            if state.isClosed { return [] }
            switch result {
            case .success(let reply):
                if let map = SlotMap(reply, from: endpoint) { return state.machine.learned(map, now: now) }
                let error = RedisServerError(code: "CLUSTERDOWN", message: "the node \(endpoint) knows of no slots")
                return state.machine.notLearned(.server(error), now: now)
            case .failure(.closed):
                return state.machine.notLearned(.notSent("the node \(endpoint) has left the cluster"), now: now)
            case .failure(let failure):
                return state.machine.notLearned(failure, now: now)
            }
        }
        perform(actions)
    }

    /// Returns a transport to each primary.
    func primaries() async throws(RedisFailure) -> [any RedisTransport] {
        // Any command waits for the map.
        let isKnown = state.withLock { !$0.machine.primaries.isEmpty }
        if !isKnown {
            let result = await withCheckedContinuation { continuation in
                send(RedisCommand("PING"), isBlocking: false, timeout: configuration.commandTimeout) {
                    continuation.resume(returning: $0)
                }
            }
            _ = try result.get()
        }
        return try state.withLock { state throws(RedisFailure) in
            if state.isClosed { throw .closed }
            return state.machine.primaries.map { NodeTransport(node: node($0, &state)) }
        }
    }
}

/// Sends to one node, wherever the keys are.
private struct NodeTransport: RedisTransport {
    let node: RedisNode

    func send(
        _ command: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        let endpoint = node.configuration.endpoint
        node.commandLink.send(command, timeout: timeout) { result in
            guard case .failure(.closed) = result else { return completion(result) }
            completion(.failure(.notSent("the node \(endpoint) has left the cluster")))
        }
    }
}
