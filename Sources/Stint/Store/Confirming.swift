// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// Waits until what a lane's call wrote has reached what a ``Durability`` asks for.
///
/// Redis' WAIT asks for the last write of its own connection, and a call that was repeated wrote nothing on it. So the
/// script `confirm` goes first, on the same connection: it writes behind the call, if the server knows that call.
/// Replicas and the append-only file take writes in order, so whoever has this one has the call.
struct Confirming: Sendable {
    typealias Completion = @Sendable (Result<EnqueueReceipt.Confirmation, StintError>) -> Void

    let core: ClientCore
    let lane: String
    let number: Int
    let durability: Durability
    let deadline: Duration
    let completion: Completion

    init(core: ClientCore, reply: Lane.Reply, durability: Durability, completion: @escaping Completion) {
        self.core = core
        lane = reply.lane
        number = reply.number
        self.durability = durability
        deadline = core.reactor.now + durability.limit
        self.completion = completion
    }

    /// Asks until there is an answer or the time is over; `completion` is called once, on the reactor.
    func run(after failure: String = "no answer came in time") {
        let left = deadline - core.reactor.now
        guard left >= .milliseconds(1), let pairs = core.pairs else {
            return core.reactor.execute { give(.success(.unconfirmed(replicas: 0, reason: failure))) }
        }
        // With its source: were it refused as unknown, the wait behind it would take the whole time for nothing.
        let write = core.command(Scripts.confirm(lane: lane, number: number))
        // Redis ends the wait by itself: what comes later than this margin is a dead peer.
        pairs.send(write, then: wait(left), timeout: left + .seconds(2)) { result in
            switch result {
            case .success(let reply): judge(reply)
            case .failure(.closed): give(.success(.unconfirmed(replicas: 0, reason: "the client was shut down")))
            case .failure(let failure): again(after: failure)
            }
        }
    }

    private func again(after failure: RedisFailure) {
        let error = StintError(failure)
        let isPassing = [.redisBusy, .outcomeUnknown, .redisUnreachable].contains(error.code) || failure.isRedirection
        guard isPassing else { return give(.success(.unconfirmed(replicas: 0, reason: error.message))) }
        let wait = Duration.milliseconds(20) + core.random.duration(upTo: .milliseconds(100))
        core.reactor.schedule(after: wait) { run(after: error.message) }
    }

    private func wait(_ left: Duration) -> RedisCommand {
        let limit = String(left.milliseconds)
        return switch durability.kind {
        case .replicated(let replicas): RedisCommand("WAIT", String(replicas), limit)
        case .fsynced, .local: RedisCommand("WAITAOF", "1", "0", limit)
        }
    }

    private func judge(_ reply: RedisPairReply) {
        guard reply.first.integerValue == 1 else {
            return give(
                .failure(
                    StintError(
                        .outcomeUnknown,
                        "The job was accepted by a server that another has replaced since, which does not know of it."))
            )
        }
        switch durability.kind {
        case .replicated(let wanted):
            let count = Int(reply.second.integerValue ?? 0)
            let reason = "\(count) of \(wanted) replicas confirmed it within \(durability.limit)"
            give(.success(count >= wanted ? .replicated(count) : .unconfirmed(replicas: count, reason: reason)))
        case .fsynced, .local:
            let isOnDisk = reply.second.arrayValue?.first?.integerValue == 1
            let reason = "the disk did not confirm it within \(durability.limit)"
            give(.success(isOnDisk ? .fsynced : .unconfirmed(replicas: 0, reason: reason)))
        }
    }

    private func give(_ result: Result<EnqueueReceipt.Confirmation, StintError>) { completion(result) }
}

extension RedisFailure {
    /// Whether another node of a cluster is to be asked, which is known by now.
    fileprivate var isRedirection: Bool {
        guard case .server(let error) = self else { return false }
        return error.code == "MOVED" || error.code == "ASK"
    }
}

extension ClientCore {
    /// Asks whether this server can confirm that a write is on its disk, and throws if it cannot.
    package func checkFsync() async throws(StintError) {
        let hint = "use .replicated or .local"
        for server in try await primaries() {
            let known = try await send(RedisCommand("COMMAND", "INFO", "WAITAOF"), to: server)
            guard known.arrayValue?.first?.arrayValue != nil else {
                throw StintError(
                    .redisUnsuitable, "This Redis has no WAITAOF (it came with Redis 7.2 and Valkey): \(hint).")
            }
            let info = try await send(RedisCommand("INFO", "persistence"), to: server)
            guard ServerCheck.fields(info.string ?? "")["aof_enabled"] == "1" else {
                throw StintError(.redisUnsuitable, "This Redis keeps no append-only file: \(hint).")
            }
        }
    }
}
