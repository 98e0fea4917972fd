// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint
import StintFunctions
import StintTerminal

/// Why a line is no job.
struct BulkLineError: Error, Hashable {
    /// What is wrong, in one clause.
    var reason: String
    /// Where, counted from 1 in bytes; `nil` if the whole line is meant.
    var column: Int?
    /// What to do about it, where that is not to mend the line.
    var hint: CommandFailure.Hint?
}

/// Makes jobs of lines: JSON objects with a name and a payload, or, with a name for all, bare payloads.
///
/// A payload is cut out of its line byte for byte; nothing is decoded that the queue does not need to know.
struct BulkLineParser: Sendable {
    static let fields = [
        "name", "payload", "queue", "in", "at", "priority", "key", "on_duplicate", "id", "attempts", "backoff",
        "timeout", "ttl", "keep", "tags", "window",
    ]

    /// What the command line says of all jobs; a line's own values go before it.
    let base: JobOptions
    /// The name of all jobs, if lines are bare payloads.
    let name: String?
    /// The member of each payload that is its unique key.
    let keyField: String?
    let conflict: UniqueKey.Conflict
    /// Jobs without a time of their own are spread over this.
    let spread: Duration?
    /// The longest payload.
    let payloadBound: Int
    let invocation: Invocation
    var plan: JobPlan

    /// Reads a line that is not blank.
    mutating func job(_ line: [UInt8]) throws(BulkLineError) -> RawJob {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
        guard let outline = JSONOutline(line) else { throw Self.syntaxError(line) }
        var reading = BulkLineFields(conflict: conflict, invocation: invocation)
        if let name {
            (reading.name, reading.payload) = (name, outline.value)
        } else {
            guard let members = outline.members else {
                throw BulkLineError(
                    reason: "a job is an object {\"name\": …, \"payload\": …}; for bare payloads add --name NAME",
                    column: 1)
            }
            for member in members { try reading.read(member) }
        }
        guard let name = reading.name else {
            throw BulkLineError(
                reason: "the job has no \"name\" (or add --name if lines are bare payloads)", column: nil)
        }
        let payload = reading.payload ?? Array("{}".utf8)[...]
        if let keyField { reading.options.unique = .key(try key(keyField, payload), onConflict: conflict) }
        var options = reading.options.filled(from: base)
        if let spread, reading.options.delay == nil, reading.options.runAt == nil, options.runAt == nil {
            let (seconds, attoseconds) = spread.components
            let bound = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
            options.delay = (options.delay ?? .zero) + .milliseconds(Int64.random(in: 0...max(0, bound)))
        }
        if let problem = EnqueueOptions.expiryProblem(options, now: invocation.now()) {
            throw BulkLineError(reason: problem, column: nil)
        }
        options = plan.filled(options, name: name, attempts: reading.attempts, backoff: reading.backoff)
        let job = RawJob(name: name, payload: Array(payload), options: options)
        do {
            try job.check(maxPayloadBytes: payloadBound)
        } catch {
            throw BulkLineError(reason: error.message, column: nil, hint: CommandFailure(error).hints.first)
        }
        return job
    }

    private func key(_ field: String, _ payload: ArraySlice<UInt8>) throws(BulkLineError) -> String {
        let member = JSONOutline(payload)?.members?.last { $0.name.elementsEqual(field.utf8) }
        guard let member, let key = BulkLineFields.scalar(member.value), !key.isEmpty else {
            throw BulkLineError(reason: "the payload has no text or number '\(field)' to be its key", column: nil)
        }
        return key
    }

    private static func syntaxError(_ line: ArraySlice<UInt8>) -> BulkLineError {
        do {
            _ = try JSONText(line)
            return BulkLineError(reason: "this is not valid JSON", column: nil)
        } catch {
            return BulkLineError(reason: "this is not valid JSON: \(error.reason)", column: error.offset + 1)
        }
    }
}
