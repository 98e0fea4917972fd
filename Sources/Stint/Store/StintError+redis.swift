// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

extension StintError {
    /// Says why a command other than a script call has no reply.
    ///
    /// Never holds a password.
    package init(_ failure: RedisFailure) {
        switch failure {
        case .notSent(let reason):
            self.init(.redisUnreachable, "Redis cannot be reached: \(reason).", underlying: failure)
        case .outcomeUnknown(let reason), .protocolViolation(let reason):
            self.init(.outcomeUnknown, "Redis gave no answer: \(reason).", underlying: failure)
        case .refused(let reason):
            self.init(.redisRefused, "\(reason).", underlying: failure)
        case .closed:
            self = .clientClosed
        case .server(let error):
            if error.isPassing {
                self.init(.redisBusy, "Redis cannot serve at present: \(error).", underlying: failure)
            } else if error.isRefusal {
                self.init(.redisRefused, "Redis refused a command: \(error).", underlying: failure)
            } else if error.code == "OOM" {
                self.init(
                    .redisFull, "Redis has reached its maxmemory; let workers drain the queues, or raise it.",
                    underlying: failure)
            } else if error.code == "WRONGTYPE" {
                self = .wrongType("A command", failure)
            } else if error.isAboutClusters {
                self = .isCluster
            } else if failure.isClusterDisabled {
                self = .isNoCluster
            } else {
                self.init(.internalError, "Redis answered with an error: \(error).", underlying: failure)
            }
        }
    }

    /// A node of a cluster was addressed as a single server.
    package static var isCluster: Self {
        .init(
            .redisUnsuitable,
            "This Redis is a node of a cluster: address it as one, with redis+cluster://HOST:PORT,HOST:PORT "
                + "(rediss+cluster:// with TLS) and one or more of its nodes.")
    }

    /// A single server was addressed as a cluster.
    package static var isNoCluster: Self {
        .init(
            .redisUnsuitable,
            "This Redis is a single server and no node of a cluster: address it with redis://HOST:PORT "
                + "(rediss:// with TLS).")
    }

    /// A key of Stint is of a kind that Stint does not make.
    package static func wrongType(_ what: String, _ failure: RedisFailure) -> Self {
        .init(
            .damaged,
            "\(what) met a key of another kind in Redis: something else has written under this namespace. "
                + "`stint doctor` names the key.",
            underlying: failure)
    }

    /// The client or worker was shut down.
    package static var clientClosed: Self { .init(.closed, "The client was shut down.") }

    /// A record or reply that cannot be read.
    package static func unreadable(_ what: String, _ error: (any Error)? = nil) -> Self {
        .init(.internalError, "\(what) cannot be read\(error.map { ": \($0)" } ?? "").", underlying: error)
    }
}
