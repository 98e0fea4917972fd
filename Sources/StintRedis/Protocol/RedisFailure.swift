// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Why a command has no reply, told by what the caller may conclude from it.
package enum RedisFailure: Error, Hashable, Sendable {
    /// Never written to a socket: safe to send again.
    case notSent(String)
    /// Written, but no reply came: the connection was lost or the reply is late. Redis may have run it.
    case outcomeUnknown(String)
    /// Redis answered with an error.
    case server(RedisServerError)
    /// The peer broke the protocol. The outcome is unknown as well; the connection was closed.
    case protocolViolation(String)
    /// Password, permission or certificate were refused: trying again will not help.
    case refused(String)
    /// This client was shut down before the command was sent.
    case closed
}

extension RedisFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSent(let reason): reason
        case .outcomeUnknown(let reason): "\(reason); Redis may have run the command"
        case .server(let error): "Redis answered: \(error)"
        case .protocolViolation(let reason): "the server does not speak the Redis protocol: \(reason)"
        case .refused(let reason): reason
        case .closed: "the connection to Redis was shut down"
        }
    }

    /// Whether Redis may have run the command although no reply came.
    package var isOutcomeUnknown: Bool {
        switch self {
        case .outcomeUnknown, .protocolViolation: true
        case .notSent, .server, .refused, .closed: false
        }
    }
}
