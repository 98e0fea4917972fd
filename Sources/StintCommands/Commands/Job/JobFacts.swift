// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions
import StintTerminal

/// All that is known of a job as a document for programs.
enum JobFacts {
    /// The document.
    static func document(_ details: JobDetails, reveal: Bool) -> Document {
        let job = details.summary
        return Document(
            facts: [
                .init("id", "id", .id(job.id.description)),
                .init("name", "name", .text(job.name)),
                .init("queue", "queue", .text(job.queue)),
                .init("state", "state", .text(job.state.rawValue)),
                .init("priority", "priority", .text("\(job.priority)")),
                .init("attempt", "attempt", .count(job.attempt)),
                .init("max_attempts", "max attempts", .count(job.maxAttempts)),
                .init("crashes", "crashes", .count(job.crashes)),
                .init("returns", "returns", .count(job.returns)),
                .init("enqueued_at", "enqueued", .date(job.enqueuedAt)),
                .init("state_at", "in this state", .date(job.date)),
                .init("started_at", "started", .date(details.startedAt)),
                .init("lease_expires_at", "lease ends", .date(details.leaseExpiresAt)),
                .init("expires_at", "expires", .date(details.expiresAt)),
                .init("dropped_at", "dropped", .date(details.droppedAt)),
                .init("node", "node", .text(orNone: job.node)),
                .init("reason", "reason", .text(orNone: job.reason)),
                .init("unique_key", "key", .text(orNone: job.uniqueKey)),
                .init("tags", "tags", .custom(JobRow.tags(job), text: JobRow.tags(job).text)),
                .init("retry", "retry", .text(BackoffText.format(details.retry.backoff))),
                .init("timeout_s", "timeout", .milliseconds(details.timeoutMilliseconds)),
                .init("keep_s", "keep", .milliseconds(details.keepMilliseconds)),
                .init("window_s", "window", .milliseconds(details.windowMilliseconds)),
                .init("awaited", "awaited", .flag(job.isAwaited)),
                .init("to_be_cancelled", "to be cancelled", .flag(job.isToBeCancelled)),
                .init("payload_bytes", "payload size", .bytes(Int64(job.payloadBytes))),
                .init("sealed", "sealed", seal(details)),
            ] + notes(details),
            members: [.init("trace", trace(details))] + payload(details, reveal)
                + (details.result.map { bytes("result", $0, reveal: reveal) } ?? [.init("result", .null)])
                + [.init("at", Field.date(details.date).json)])
    }

    /// Bytes for people: JSON in one line with all digits, other text with everything unsafe made visible.
    ///
    /// The values of passwords and the like are hidden unless they are to be revealed.
    static func text(_ bytes: [UInt8], reveal: Bool) -> String {
        if let json = try? JSONText(bytes) { return (reveal ? json : Redaction.redacted(json) ?? json).text }
        let text = Sanitizer.visible(bytes: bytes, layout: .block)
        return reveal ? text : Redaction.redacted(text) ?? text
    }

    /// Bytes for programs: as JSON where they are JSON, else as text or Base64.
    ///
    /// Where the JSON is not byte for byte what was stored, such as without its line feeds, Base64 has the bytes as
    /// well.
    ///
    /// Where values were hidden, a member says so, and there is no other form of the bytes.
    static func bytes(_ name: String, _ bytes: [UInt8], reveal: Bool) -> [JSONValue.Member] {
        let members = JSONValue.members(name, bytes: bytes)
        if !reveal, let first = members.first, let hidden = redacted(first.value) {
            return [.init(first.name, hidden), .init("\(name)_redacted", .bool(true))]
        }
        guard case .verbatim(let json)? = members.first?.value, Array(json.text.utf8) != bytes else { return members }
        return members + [.init("\(name)_base64", .string(Base64.encode(bytes)))]
    }

    private static func redacted(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .verbatim(let json): Redaction.redacted(json).map { .verbatim($0) }
        case .string(let text): Redaction.redacted(text).map { .string($0) }
        default: nil
        }
    }

    private static func payload(_ details: JobDetails, _ reveal: Bool) -> [JSONValue.Member] {
        if let seal = details.seal, !seal.isOpen, details.payload.isEmpty { return [.init("payload", .null)] }
        if details.isPayloadGone { return [.init("payload", .null), .init("payload_gone", .bool(true))] }
        return bytes("payload", details.payload, reveal: reveal)
    }

    private static func seal(_ details: JobDetails) -> Field {
        guard let seal = details.seal else { return .missing }
        return .custom(
            .object([
                .init("key", seal.keyID.map { .string($0) } ?? .null), .init("open", .bool(seal.isOpen)),
                .init("problem", seal.problem.map { .string($0) } ?? .null),
            ]), text: seal.words)
    }

    private static func notes(_ details: JobDetails) -> [Document.Fact] {
        let failures = JSONValue.array(
            details.failures.map { failure in
                .object([
                    .init("at", Field.date(failure.date).json), .init("attempt", .integer(Int64(failure.attempt))),
                    .init("kind", .string(failure.kind.rawValue)), .init("error", .string(failure.text)),
                ])
            })
        let progress = details.progress.map {
            JSONValue.object([
                .init("fraction", .number($0.fraction)), .init("note", $0.note.map { .string($0) } ?? .null),
            ])
        }
        let request = details.cancelRequest.map {
            JSONValue.object([.init("at", Field.date($0.date).json), .init("by", .string($0.by))])
        }
        return [
            .init("failures", "errors", .custom(failures, text: failures.text)),
            .init("progress", "progress", progress.map { .custom($0, text: $0.text) } ?? .missing),
            .init("cancel_request", "cancel", request.map { .custom($0, text: $0.text) } ?? .missing),
        ]
    }

    private static func trace(_ details: JobDetails) -> JSONValue {
        .object(details.traceContext.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
}

extension JobSeal {
    /// `key K`, and what kept it from being opened.
    var words: String { (keyID.map { "key \($0)" } ?? "unknown form") + (problem.map { ": \($0)" } ?? "") }
}
