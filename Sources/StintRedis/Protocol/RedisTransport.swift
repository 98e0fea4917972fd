// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What carries commands; the only thing client and worker logic see, so that a simulation can replace it.
package protocol RedisTransport: Sendable {
    /// Sends a command and calls `completion` exactly once, on the reactor.
    ///
    /// Commands of one transport are executed in the order sent. After `timeout` the command fails: with
    /// ``RedisFailure/notSent(_:)`` while it still waits for a connection, with ``RedisFailure/outcomeUnknown(_:)``
    /// once it was written.
    func send(
        _ command: RedisCommand,
        timeout: Duration,
        completion: @escaping @Sendable (Result<RedisValue, RedisFailure>) -> Void
    )

    /// Sends commands as ``send(_:timeout:completion:)`` does, none of them after the reply to another, and calls
    /// `completion` once for each with its place; over a single connection they leave in one write.
    func send(
        together commands: [RedisCommand],
        timeout: Duration,
        completion: @escaping @Sendable (_ place: Int, Result<RedisValue, RedisFailure>) -> Void
    )
}

extension RedisTransport {
    package func send(
        together commands: [RedisCommand],
        timeout: Duration,
        completion: @escaping @Sendable (_ place: Int, Result<RedisValue, RedisFailure>) -> Void
    ) {
        for (place, command) in commands.enumerated() {
            send(command, timeout: timeout) { completion(place, $0) }
        }
    }

    /// Sends a command and waits for its reply.
    ///
    /// Cancelling the task does not take the command back: the call ends with the reply or after `timeout`.
    package func send(_ command: RedisCommand, timeout: Duration) async throws(RedisFailure) -> RedisValue {
        let result = await withCheckedContinuation { continuation in
            send(command, timeout: timeout) { result in
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
