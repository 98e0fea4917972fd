// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
import StintRedis

/// Says whether a Redis can be trusted with jobs.
///
/// The rules are pure; `ClientCore.checkServer` asks the questions.
package enum ServerCheck {
    /// Returns the fields of an INFO reply.
    package static func fields(_ info: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return fields
    }

    /// Returns why this Redis must not be used; nil if it may.
    package static func judge(_ fields: [String: String], allowsEviction: Bool) -> StintError? {
        let version = fields["redis_version"] ?? ""
        let major = version.split(separator: ".").first.flatMap { Int($0) } ?? 0
        guard major >= 7 else {
            return StintError(
                .redisUnsuitable,
                "This is Redis \(version.isEmpty ? "of an unknown version" : version); Stint needs 7.0 or newer.")
        }
        let policy = fields["maxmemory_policy"] ?? "noeviction"
        let bound = fields["maxmemory"].flatMap { Int64($0) } ?? 0
        if policy != "noeviction", bound > 0, !allowsEviction {
            return StintError(
                .redisUnsuitable,
                "This Redis may evict keys (maxmemory-policy \(policy)), and with them jobs. Set it to noeviction, "
                    + "or allow it in the client's configuration.")
        }
        return nil
    }
}

extension ClientCore {
    /// Asks Redis for its version and memory policy, and throws if jobs are not safe there.
    package func checkServer(allowsEviction: Bool, limit: Duration) async throws(StintError) {
        var fields: [String: String] = [:]
        for section in ["server", "memory"] {
            do {
                let info = try await send(RedisCommand("INFO", section), limit: limit)
                fields.merge(ServerCheck.fields(info.string ?? "")) { $1 }
            } catch  where error.code == .redisRefused && error.isPermission {
                // An ACL without INFO: what cannot be asked is not judged, scripts will tell.
                logger.debug("Redis does not let this user ask for its version and memory policy")
                return
            }
        }
        if let error = ServerCheck.judge(fields, allowsEviction: allowsEviction) { throw error }
    }
}

extension StintError {
    /// Whether Redis refused one command rather than the login.
    fileprivate var isPermission: Bool {
        guard case .server(let error)? = underlying as? RedisFailure else { return false }
        return error.code == "NOPERM"
    }
}
