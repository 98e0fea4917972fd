// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Stint
import StintFunctions
import StintTerminal

/// What one line says of its job.
struct BulkLineFields {
    let conflict: UniqueKey.Conflict
    let invocation: Invocation
    var name: String?
    var payload: ArraySlice<UInt8>?
    var options = JobOptions()
    var attempts: AttemptCount?
    var backoff: RetryPolicy.Backoff?
    private var ownConflict: UniqueKey.Conflict?

    init(conflict: UniqueKey.Conflict, invocation: Invocation) {
        self.conflict = conflict
        self.invocation = invocation
    }

    /// Reads one member of the line's object.
    mutating func read(_ member: JSONOutline.Member) throws(BulkLineError) {
        let field = String(decoding: member.name, as: UTF8.self)
        // Absent and null are the same: programs that print all fields leave some empty.
        if field != "payload", member.value.elementsEqual("null".utf8) { return }
        do {
            try read(field, member)
        } catch {
            throw BulkLineError(reason: "\(field): \(Self.reason(error))", column: member.value.startIndex + 1)
        }
    }

    private mutating func read(_ field: String, _ member: JSONOutline.Member) throws {
        switch field {
        case "name": name = try text(member)
        case "payload": payload = member.value
        case "queue": options.queue = try text(member)
        case "in": options.delay = try DurationArgument.parse(text(member))
        case "at":
            let instant = try TimeArgument.parse(text(member)).milliseconds(
                now: invocation.now(), in: invocation.timeZone)
            options.runAt = Date(timeIntervalSince1970: Double(instant) / 1_000)
        case "priority": options.priority = try PriorityArgument.parse(text(member))
        case "key":
            guard let key = Self.scalar(member.value) else { throw ParseFailure("it must be a text or a number") }
            options.unique = .key(key, onConflict: ownConflict ?? conflict)
        case "on_duplicate":
            let own = try EnqueueOptions.conflict(text(member))
            ownConflict = own
            options.unique?.onConflict = own
        case "id":
            guard let id = Self.scalar(member.value) else { throw ParseFailure("it must be a text or a number") }
            options.id = try JobID(id)
        case "attempts":
            guard let count = Self.scalar(member.value) else { throw ParseFailure("it must be a number") }
            attempts = try EnqueueOptions.attempts(count)
        case "backoff": backoff = try EnqueueOptions.backoff(text(member))
        case "timeout": options.timeout = try DurationArgument.parse(text(member))
        case "ttl": options.expiresAfter = try DurationArgument.parse(text(member))
        case "window": options.window = try DurationArgument.parse(text(member))
        case "keep": options.keep = try DurationArgument.parse(text(member))
        case "tags": options.tags = try tags(member)
        default:
            throw ParseFailure("there is no such field\(NearMiss.hint(field, among: BulkLineParser.fields))")
        }
    }

    private func text(_ member: JSONOutline.Member) throws -> String {
        guard member.value.first == UInt8(ascii: "\""), let text = Self.scalar(member.value) else {
            throw ParseFailure("it must be a text in double quotes")
        }
        return text
    }

    private func tags(_ member: JSONOutline.Member) throws -> [String: String] {
        guard let members = JSONOutline(member.value)?.members else {
            throw ParseFailure("it must be an object {\"tag\": \"value\"}")
        }
        var tags: [String: String] = [:]
        for tag in members {
            guard let value = Self.scalar(tag.value) else { throw ParseFailure("a tag's value must be a text") }
            tags[String(decoding: tag.name, as: UTF8.self)] = value
        }
        return tags
    }

    /// A text without its quotes and escapes; a number or a word as it is written, with all its digits.
    static func scalar(_ value: ArraySlice<UInt8>) -> String? {
        guard let first = value.first, first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else { return nil }
        guard first == UInt8(ascii: "\"") else {
            return value.elementsEqual("null".utf8) ? nil : String(decoding: value, as: UTF8.self)
        }
        guard value.contains(UInt8(ascii: "\\")) else {
            return String(decoding: value.dropFirst().dropLast(), as: UTF8.self)
        }
        return try? JSONDecoder().decode(String.self, from: Data(value))
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as ParseFailure: error.description
        case let error as ValidationError: error.message
        case let error as StintError: error.message
        case let error as CommandFailure: error.summary
        default: "\(error)"
        }
    }
}
