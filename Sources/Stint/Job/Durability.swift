// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What must have a job before `enqueue` returns.
///
/// Redis acknowledges a write before its replicas and, with `appendfsync everysec`, its disk have it. What each setting
/// survives is told in docs/guarantees.md. Waiting costs a round trip to the replicas or the disk, and holds up only the
/// caller: no answer in time leaves the job accepted and its receipt
/// ``EnqueueReceipt/Confirmation/unconfirmed(replicas:reason:)``.
public struct Durability: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case local
        case replicated(Int)
        case fsynced
    }

    let kind: Kind
    /// How long to wait for the confirmation.
    let limit: Duration

    /// The memory of the server that accepted it, and whatever its persistence settings add.
    public static var local: Self { .init(kind: .local, limit: .zero) }

    /// At least so many replicas (Redis' WAIT), for at most `limit`.
    ///
    /// A failover to one of *them* keeps the job. With two replicas ask for two where either may be promoted. Redis
    /// calls this best effort: it does not make a primary with its replicas a consistent store.
    public static func replicated(_ replicas: Int, within limit: Duration = .seconds(1)) -> Self {
        .init(kind: .replicated(replicas), limit: limit)
    }

    /// The disk of the server that accepted it (WAITAOF), for at most a second.
    ///
    /// Needs a server that has WAITAOF (Redis 7.2, Valkey) and an append-only file; `enqueue` refuses others with
    /// ``StintError/Code/redisUnsuitable`` before it sends the job.
    public static var fsynced: Self { .fsynced(within: .seconds(1)) }

    /// The disk of the server that accepted it, for at most `limit`; see ``fsynced``.
    public static func fsynced(within limit: Duration) -> Self { .init(kind: .fsynced, limit: limit) }

    func check() throws(StintError) {
        guard kind != .local else { return }
        guard limit > .zero, limit <= .seconds(60) else {
            throw StintError(.invalidInput, "The wait for a confirmation must be over zero and at most 60 s.")
        }
        if case .replicated(let replicas) = kind, !(1...100).contains(replicas) {
            throw StintError(.invalidInput, "A job can be confirmed by 1 to 100 replicas.")
        }
    }
}
