// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What the name of a key says.
package enum KeyName: Hashable, Sendable {
    /// One of the keys that every queue may have.
    case ofQueue(String)
    /// A caller's lane.
    case lane(queue: String, name: String)
    /// The log of a job.
    case log(queue: String)
    /// Under the tag of a queue, and none of Stint's.
    case foreign(queue: String)

    private static let nouns: Set<String> = [
        "jobs", "big", "ready:0", "ready:1", "ready:2", "ready:3", "delayed", "leases", "dead", "kept", "recent",
        "errors", "unique", "cancelling", "meta", "wake", "progress",
    ]

    /// Reads the name of a key of a queue; nil for any other key.
    package init?(_ key: String, namespace: String) {
        let prefix = "{\(namespace):"
        guard key.hasPrefix(prefix), let end = key.firstIndex(of: "}") else { return nil }
        let queue = String(key[key.index(key.startIndex, offsetBy: prefix.count)..<end])
        guard (try? EnqueueValidation.check(queue: queue)) != nil else { return nil }
        var noun = key[key.index(after: end)...]
        guard noun.popFirst() == ":" else {
            self = .foreign(queue: queue)
            return
        }
        if Self.nouns.contains(String(noun)) {
            self = .ofQueue(queue)
        } else if noun.hasPrefix("lane:") {
            self = .lane(queue: queue, name: String(noun.dropFirst(5)))
        } else {
            self = noun.hasPrefix("log:") ? .log(queue: queue) : .foreign(queue: queue)
        }
    }
}
