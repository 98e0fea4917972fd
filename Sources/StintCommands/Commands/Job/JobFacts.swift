// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions
import StintTerminal

/// All that is known of a job as a document for programs.
enum JobFacts {
    /// The document.
    static func document(_ details: JobDetails) -> Document {
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
            ] + notes(details),
            members: [.init("trace", trace(details))] + bytes("payload", details.payload)
                + (details.result.map { bytes("result", $0) } ?? [.init("result", .null)])
                + [.init("at", Field.date(details.date).json)])
    }

    /// Bytes for people: JSON in one line with all digits, other text with everything unsafe made visible.
    static func text(_ bytes: [UInt8]) -> String {
        (try? JSONText(bytes))?.text ?? Sanitizer.visible(bytes: bytes, layout: .block)
    }

    /// Bytes for programs: as JSON where they are JSON, else as text or Base64.
    ///
    /// Where the JSON is not byte for byte what was stored, such as without its line feeds, Base64 has the bytes as
    /// well.
    static func bytes(_ name: String, _ bytes: [UInt8]) -> [JSONValue.Member] {
        let members = JSONValue.members(name, bytes: bytes)
        guard case .verbatim(let json)? = members.first?.value, Array(json.text.utf8) != bytes else { return members }
        return members + [.init("\(name)_base64", .string(Base64.encode(bytes)))]
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
