// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import Synchronization

/// Counts the commands that pass, and kills Redis with SIGKILL at one of them; it is started again on its files at once.
final class KillingTransport: RedisTransport {
    enum Moment: CaseIterable, Sendable {
        /// Before the command is sent.
        case before
        /// After it was carried out, and its reply is lost.
        case after
    }

    private struct State {
        var count = 0
        var target: (number: Int, moment: Moment)?
        var kills = 0
    }

    private let inner: any RedisTransport
    private let reactor: any Reactor
    private let server: PrivateRedis
    private let state = Mutex(State())

    init(_ inner: any RedisTransport, reactor: any Reactor, server: PrivateRedis) {
        self.inner = inner
        self.reactor = reactor
        self.server = server
    }

    /// The commands since the last `arm`.
    var count: Int { state.withLock { $0.count } }
    var kills: Int { state.withLock { $0.kills } }

    /// Counts from 0 again, and kills at that command, if one is given.
    func arm(_ target: (number: Int, moment: Moment)?) {
        state.withLock { ($0.count, $0.target, $0.kills) = (0, target, 0) }
    }

    func send(
        _ command: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    ) {
        let moment: Moment? = state.withLock { state in
            defer { state.count += 1 }
            guard let target = state.target, target.number == state.count else { return nil }
            state.target = nil
            return target.moment
        }
        switch moment {
        case nil: inner.send(command, timeout: timeout, completion: completion)
        case .before:
            Task {
                try await kill()
                inner.send(command, timeout: timeout, completion: completion)
            }
        case .after:
            inner.send(command, timeout: timeout) { _ in
                Task {
                    try await self.kill()
                    self.reactor.execute { completion(.failure(.outcomeUnknown("Redis was killed"))) }
                }
            }
        }
    }

    private func kill() async throws {
        server.kill()
        try await server.restart()
        state.withLock { $0.kills += 1 }
    }
}
