// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Carries two commands on one connection, for a second one whose meaning is that of its connection, such as WAIT.
package protocol RedisPairTransport: Sendable {
    /// Sends two commands right behind each other and calls `completion` exactly once, on the reactor.
    ///
    /// Fails as ``RedisTransport/send(_:timeout:completion:)`` does, with the failure of the first command if that has
    /// one, and wherever the connection is lost between the two.
    func send(
        _ first: RedisCommand, then second: RedisCommand, timeout: Duration,
        completion: @escaping @Sendable (Result<RedisPairReply, RedisFailure>) -> Void
    )
}

/// The replies to a pair of commands.
package struct RedisPairReply: Sendable {
    /// The reply to the first.
    package let first: RedisValue
    /// The reply to the second.
    package let second: RedisValue
}
