// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintRedis

/// The reply of one of the scripts that audit.
struct AuditReply {
    private let values: [RedisValue]
    private let queue: String
    /// Redis time in milliseconds.
    let now: Int64

    init(_ value: RedisValue, queue: String) throws(StintError) {
        guard let values = value.arrayValue, let now = values.first?.integerValue else { throw Self.unreadable }
        self.values = values
        self.queue = queue
        self.now = now
    }

    private static var unreadable: StintError { .unreadable("The reply of an audit") }

    private func array(at index: Int) throws(StintError) -> [RedisValue] {
        guard index < values.count, let array = values[index].arrayValue else { throw Self.unreadable }
        return array
    }

    func text(at index: Int) throws(StintError) -> String {
        guard index < values.count, let text = values[index].string else { throw Self.unreadable }
        return text
    }

    func integer(at index: Int) throws(StintError) -> Int {
        guard index < values.count, let integer = values[index].integerValue else { throw Self.unreadable }
        return Int(integer)
    }

    func integers(at index: Int) throws(StintError) -> [Int] {
        try array(at: index).compactMap { $0.integerValue.map { Int($0) } }
    }

    func texts(at index: Int) throws(StintError) -> [String] { try array(at: index).map { $0.string ?? "" } }

    /// What is wrong: code, id, and two details each.
    func findings(at index: Int) throws(StintError) -> [AuditFinding] {
        let parts = try texts(at: index)
        var findings: [AuditFinding] = []
        for at in stride(from: 0, to: parts.count - 3, by: 4) {
            guard let kind = AuditFinding.Kind(rawValue: parts[at]) else { throw Self.unreadable }
            let job = parts[at + 1].isEmpty ? nil : JobID(unchecked: parts[at + 1])
            findings.append(AuditFinding(kind, queue: queue, job: job, parts[at + 2], parts[at + 3]))
        }
        return findings
    }

    /// Ready jobs: id, list and since when.
    func waiting(at index: Int) throws(StintError) -> [(id: String, list: Int, since: String)] {
        let flat = try array(at: index)
        var jobs: [(id: String, list: Int, since: String)] = []
        for at in stride(from: 0, to: flat.count - 2, by: 3) {
            guard let id = flat[at].string, let list = flat[at + 1].integerValue, (0..<4).contains(list),
                let since = flat[at + 2].string
            else { throw Self.unreadable }
            jobs.append((id, Int(list), since))
        }
        return jobs
    }
}

/// A slice of a ready list, counted from its end.
struct ReadySlice {
    let length: Int
    let counted: String
    let first: String
    let last: String
    let ids: [String]
    let isLive: [Bool]

    init(_ reply: AuditReply) throws(StintError) {
        length = try reply.integer(at: 1)
        counted = try reply.text(at: 2)
        first = try reply.text(at: 3)
        last = try reply.text(at: 4)
        ids = try reply.texts(at: 5)
        isLive = try reply.text(at: 6).utf8.map { $0 == UInt8(ascii: "l") }
    }
}
