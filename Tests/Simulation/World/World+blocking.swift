// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis
import StintTesting

/// A `BZPOPMIN` that waits in Redis.
struct BlockedCall {
    let serial: Int
    let process: String
    let keys: [String]
    let command: RedisCommand
    /// The Redis time at which it is answered with nothing.
    ///
    /// A clock set back makes it wait longer, as in Redis.
    let deadlineMicroseconds: Int64
    let answer: (RedisValue) -> Void
}

/// Calls that wait: Redis answers them in the order in which they came, as soon as there is a marker.
///
/// The wait is simulated, the pop is real: `BZPOPMIN` in a transaction does not wait.
extension World {
    func block(_ call: BlockedCall, timeout: Duration) {
        waiters.append(call)
        serveWaiters()
        guard waiters.contains(where: { $0.serial == call.serial }) else { return }
        schedule(call.serial, after: timeout)
    }

    private func schedule(_ serial: Int, after time: Duration) {
        reactor.schedule(after: time) { [self] in
            guard let at = waiters.firstIndex(where: { $0.serial == serial }) else { return }
            guard redisMicroseconds >= waiters[at].deadlineMicroseconds else {
                return schedule(serial, after: .milliseconds(500))
            }
            waiters.remove(at: at).answer(.null)
        }
    }

    func serveWaiters() {
        var at = 0
        while at < waiters.count {
            let call = waiters[at]
            guard let marker = pop(call) else {
                at += 1
                continue
            }
            waiters.remove(at: at)
            call.answer(marker)
        }
    }

    private func pop(_ call: BlockedCall) -> RedisValue? {
        server.clock.microseconds = redisMicroseconds
        let replies = try? server.connection.ask([RedisCommand("MULTI"), call.command, RedisCommand("EXEC")])
        guard let reply = replies?.last?.arrayValue?.first else {
            report("BZPOPMIN was answered in an unknown form")
            return nil
        }
        if reply.isNull { return nil }
        note("\(call.process): woken by \(reply.arrayValue?.first?.string ?? "?")")
        return reply
    }
}
