// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// How long to wait before a call is sent again, told by what Redis made of it.
///
/// Every wait is drawn at random up to a ceiling that grows, so that callers who failed together do not come together.
enum RepeatDelay {
    /// The wait after the `failures`th failure in a row.
    static func after(_ error: StintError?, failures: Int, random: any RandomSource) -> Duration {
        let growth = 1 << min(max(0, failures - 1), 6)
        switch kind(of: error) {
        case .slow:
            return .milliseconds(200) + random.duration(upTo: min(.milliseconds(200) * growth, .milliseconds(1800)))
        case .passing:
            return .milliseconds(20) + random.duration(upTo: min(.milliseconds(50) * growth, .milliseconds(480)))
        case .quick: return .milliseconds(10) + random.duration(upTo: min(.milliseconds(50) * growth, .seconds(2)))
        }
    }

    private enum Kind {
        /// Redis is busy with something that takes its time, or somebody has to change a setting.
        case slow
        /// Another server, or the same one in a moment.
        case passing
        /// Nothing is known of the server: the connection has a back-off of its own.
        case quick
    }

    private static func kind(of error: StintError?) -> Kind {
        if error?.code == .redisRefused { return .slow }
        guard let error, error.code == .redisBusy else { return .quick }
        guard case .server(let reply)? = error.underlying as? RedisFailure else { return .slow }
        return reply.isAboutThePlace ? .passing : .slow
    }
}

extension RedisServerError {
    /// Whether the server cannot serve at present and did nothing: trying again is right.
    var isPassing: Bool { isAboutThePlace || Self.states.contains(code) }

    /// Whether another server is the one to ask, or will be in a moment.
    var isAboutThePlace: Bool { Self.places.contains(code) || isAboutAMovedKey }

    /// Whether a key has moved on since the script began; scripts read all that they need before they write.
    private var isAboutAMovedKey: Bool { message.contains("non local key") || message.contains("undeclared key") }

    /// Whether a node of a cluster was addressed as a single server.
    var isAboutClusters: Bool { Self.redirections.contains(code) }

    /// Whether a password, a user or a right is missing.
    var isRefusal: Bool { Self.refusals.contains(code) }

    /// Whether the server takes no writes until somebody has looked after it.
    var isAlarming: Bool { code == "NOREPLICAS" || code == "MISCONF" }

    private static let states: Set = ["LOADING", "BUSY", "MASTERDOWN", "NOREPLICAS", "MISCONF"]
    private static let places: Set = ["READONLY", "UNBLOCKED", "TRYAGAIN", "CLUSTERDOWN"]
    private static let redirections: Set = ["MOVED", "ASK", "CROSSSLOT"]
    private static let refusals: Set = ["NOPERM", "NOAUTH", "WRONGPASS"]
}
