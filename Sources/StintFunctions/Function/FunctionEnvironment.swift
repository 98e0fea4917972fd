// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// What a function learns of its job through environment variables.
package struct FunctionEnvironment: Sendable, Hashable {
    package var id: String
    package var name: String
    package var queue: String
    package var attempt: Int
    package var maxAttempts: Int?
    package var deadline: Date?
    package var fence: Int64
    package var node: String
    package var idempotencyKey: String

    /// Creates the facts of one attempt.
    package init(
        id: String, name: String, queue: String = "default", attempt: Int = 1, maxAttempts: Int? = nil,
        deadline: Date? = nil, fence: Int64 = 0, node: String = "", idempotencyKey: String
    ) {
        self.id = id
        self.name = name
        self.queue = queue
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.deadline = deadline
        self.fence = fence
        self.node = node
        self.idempotencyKey = idempotencyKey
    }

    /// The names of the worker's variables that every function sees; all others stay with the worker.
    ///
    /// An address of Redis may hold a password, so it is not among them.
    static let passed = ["PATH", "HOME", "LANG", "LC_*", "TZ", "TMPDIR", "STINT_NAMESPACE", "STINT_DATA"]

    /// The whole environment of a run, by name.
    ///
    /// The function's own values go before the worker's, and the job's facts before both.
    func variables(for definition: FunctionDefinition, parent: [String: String]) -> [String: String] {
        let allowed = Self.passed + definition.passedEnvironment
        var variables = parent.filter { name, _ in
            allowed.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
        }
        variables.merge(definition.environment) { _, own in own }
        variables.merge(facts) { _, fact in fact }
        // What a worker that seals runs must not put jobs in plain text beside its own: without the keys `stint` refuses.
        if parent["STINT_KEYS_FILE"] != nil || parent["STINT_SEALING"] != nil, variables["STINT_KEYS_FILE"] == nil {
            variables["STINT_SEALING"] = parent["STINT_SEALING"] ?? "required"
        }
        return variables
    }

    private var facts: [String: String] {
        var facts = [
            "STINT_JOB_ID": id, "STINT_JOB_NAME": name, "STINT_QUEUE": queue, "STINT_ATTEMPT": "\(attempt)",
            "STINT_FENCE": "\(fence)", "STINT_NODE": node, "STINT_IDEMPOTENCY_KEY": idempotencyKey, "STINT_FD": "3",
        ]
        if let maxAttempts { facts["STINT_MAX_ATTEMPTS"] = "\(maxAttempts)" }
        if let deadline {
            facts["STINT_DEADLINE"] = deadline.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
        return facts
    }
}
