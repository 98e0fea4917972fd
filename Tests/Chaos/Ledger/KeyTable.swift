// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Tells what the keys of a queue hold.
struct KeyTable {
    enum Kind {
        case jobs, leases, progress, lane, other
        case meta(Int)
        case log(String)
    }

    private var kinds: [String: Kind] = [:]
    private var queues = 0

    mutating func kind(_ key: String) -> Kind {
        if let kind = kinds[key] { return kind }
        guard let end = key.firstIndex(of: "}") else { return .other }
        let noun = key[end...].dropFirst(2)
        // Too many of these to keep.
        if noun.hasPrefix("lane:") { return .lane }
        if noun.hasPrefix("log:") { return .log(String(noun.dropFirst(4))) }
        let kind: Kind
        switch noun {
        case "jobs": kind = .jobs
        case "leases": kind = .leases
        case "progress": kind = .progress
        case "meta":
            kind = .meta(queues)
            queues += 1
        default: kind = .other
        }
        kinds[key] = kind
        return kind
    }
}
