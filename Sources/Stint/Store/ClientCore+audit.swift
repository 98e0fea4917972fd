// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

extension ClientCore {
    /// Mends what an audit found, if it is wrong still.
    func repair(_ finding: AuditFinding) async throws(StintError) -> AuditRepair {
        switch finding.kind {
        case .lane:
            let key = keys(queue: finding.queue).lane(finding.second)
            let value = try await send(RedisCommand("PEXPIRE", key, "600000", "NX"))
            return value.integerValue == 1 ? .mended : .sound
        case .unlisted:
            try await register(queue: finding.queue, limit: .seconds(15))
            return .mended
        default: break
        }
        let reply = try await call(Self.repairCall(finding, keys(queue: finding.queue)))
        switch reply.arrayValue?.last?.string {
        case "m": return .mended
        case "s": return .sound
        case "c": return .changed
        case "u": return .refused
        default: throw .unreadable("The reply of 'repair'")
        }
    }

    /// The call that mends a finding.
    package static func repairCall(_ finding: AuditFinding, _ keys: QueueKeys) -> ScriptCall {
        Scripts.repair(
            keys, code: finding.kind.rawValue, id: finding.job?.description ?? "", first: finding.first,
            second: finding.second)
    }
}

extension ClientCore {
    /// Reads names of keys of the namespace, or of one queue, on one server; returns the next cursor, `0` at the end.
    func keys(
        of server: any RedisTransport, queue: String?, cursor: String
    ) async throws(StintError) -> (keys: [String], next: String) {
        // Neither a namespace nor a queue has characters that mean something in a pattern.
        let pattern = queue.map { "{\(namespace):\($0)}*" } ?? "{\(namespace):*"
        let reply = try await send(RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000"), to: server)
        guard let parts = reply.arrayValue, parts.count == 2, let next = parts[0].string,
            let keys = parts[1].arrayValue
        else { throw .unreadable("The reply of SCAN") }
        return (keys.compactMap(\.string), next)
    }

    /// Says what is wrong with there being a key of this name; nil if nothing is.
    func finding(about key: String) async throws(StintError) -> AuditFinding? {
        switch KeyName(key, namespace: namespace) {
        case .ofQueue(let queue)?:
            let member = try await send(RedisCommand("SISMEMBER", keys.queues, queue))
            return member.integerValue == 1 ? nil : AuditFinding(.unlisted, queue: queue)
        case .foreign(let queue)?:
            return AuditFinding(.foreign, queue: queue, key)
        case .lane(let queue, let name)?:
            let type = try await send(RedisCommand("TYPE", key))
            if type.string == "none" { return nil }
            guard type.string == "string" else { return AuditFinding(.lane, queue: queue, "form", name) }
            // Short replies are lists of ids, so only the beginning is read.
            let text = try await send(RedisCommand("GETRANGE", key, "0", "20")).string ?? ""
            let left = try await send(RedisCommand("PTTL", key)).integerValue ?? -2
            let digits = text.prefix { $0.isNumber }
            if left == -1 { return AuditFinding(.lane, queue: queue, "ttl", name) }
            let isSound = left == -2 || text.isEmpty || (!digits.isEmpty && text.dropFirst(digits.count).hasPrefix(":"))
            return isSound ? nil : AuditFinding(.lane, queue: queue, "form", name)
        case .log?, nil:
            return nil
        }
    }
}
