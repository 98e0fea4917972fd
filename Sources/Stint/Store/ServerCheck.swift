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
    ///
    /// - Parameter isCluster: Whether it was addressed as a cluster.
    package static func judge(
        _ fields: [String: String], allowsEviction: Bool, isCluster: Bool = false
    ) -> StintError? {
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
        if fields["cluster_enabled"] == "1", !isCluster { return .isCluster }
        return nil
    }
}

extension ServerCheck {
    /// Returns what an operator should know of a Redis that may be used; nil if there is nothing.
    package static func warning(_ fields: [String: String]) -> String? {
        let policy = fields["maxmemory_policy"] ?? "noeviction"
        guard policy != "noeviction" else { return nil }
        return fields["maxmemory"].flatMap { Int64($0) } ?? 0 > 0
            ? "This Redis may evict keys, and with them jobs"
            : "This Redis would evict keys, and with them jobs, as soon as it is given a maxmemory"
    }
}

extension ClientCore {
    /// Asks Redis, each primary of a cluster, for its version and memory policy, and throws if jobs are not safe there.
    ///
    /// Returns whether this is the default user with all rights everywhere, so that no role has to be asked about.
    package func checkServer(allowsEviction: Bool, limit: Duration) async throws(StintError) -> Bool {
        var hasAllRights = true
        try await atEachPrimary(limit: limit) { server, limit async throws(StintError) in
            let isFree = try await self.check(server, allowsEviction: allowsEviction, limit: limit)
            hasAllRights = hasAllRights && isFree
        }
        return hasAllRights
    }

    /// Asks each server that takes writes; a cluster may lose one meanwhile, then its successor is to be asked.
    func atEachPrimary(
        limit: Duration,
        _ ask: (_ server: any RedisTransport, _ limit: Duration) async throws(StintError) -> Void
    ) async throws(StintError) {
        let deadline = reactor.now + limit
        while true {
            do {
                for server in try await primaries() { try await ask(server, isCluster ? .zero : limit) }
                return
            } catch {
                let isPassing = [.redisBusy, .outcomeUnknown, .redisUnreachable].contains(error.code)
                let wait = Duration.milliseconds(20) + random.duration(upTo: .milliseconds(200))
                guard isCluster, isPassing, reactor.now + wait < deadline else { throw error }
                await pause(wait)
            }
        }
    }

    private func check(
        _ server: any RedisTransport, allowsEviction: Bool, limit: Duration
    ) async throws(StintError) -> Bool {
        let sections = ["server", "memory", "cluster"].map { RedisCommand("INFO", $0) }
        let rights = isDefaultUser ? [RedisCommand("ACL", "WHOAMI"), RedisCommand("ACL", "GETUSER", "default")] : []
        let replies = await sendTogether(sections + rights, to: server, limit: limit)
        // What it may not ask, or Redis does not understand, is asked again where it matters: for a role.
        let told = replies.dropFirst(sections.count).map { try? $0.get() }
        let hasAllRights = told.first??.string == "default" && Self.grantsAll(told.last ?? nil)
        var fields: [String: String] = [:]
        do throws(StintError) {
            for info in replies.prefix(sections.count) {
                fields.merge(ServerCheck.fields(try info.get().string ?? "")) { $1 }
            }
        } catch  where error.code == .redisRefused && error.isPermission {
            // An ACL without INFO: what cannot be asked is not judged, scripts will tell.
            logger.warning(
                "Redis does not let this user ask for its version and memory policy (INFO): it may evict jobs unnoticed"
            )
            return hasAllRights
        }
        if let error = ServerCheck.judge(fields, allowsEviction: allowsEviction, isCluster: isCluster) { throw error }
        if let warning = ServerCheck.warning(fields) {
            logger.warning(
                "\(warning)", metadata: ["redis.maxmemory_policy": "\(fields["maxmemory_policy"] ?? "")"])
        }
        return hasAllRights
    }
}

extension StintError {
    /// Whether Redis refused one command rather than the login.
    var isPermission: Bool {
        guard case .server(let error)? = underlying as? RedisFailure else { return false }
        return error.code == "NOPERM"
    }
}
