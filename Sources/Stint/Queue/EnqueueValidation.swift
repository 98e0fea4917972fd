// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Checks what a caller wants to enqueue against the documented limits, before anything is sent.
struct EnqueueValidation: Sendable {
    /// The longest payload.
    let maxPayloadBytes: Int
    /// The longest time that any option may name: 30 years.
    static let longestTime = Duration.seconds(30 * 365 * 86_400)

    /// Returns the queue and the content of a record.
    func check(
        name: String, payload: [UInt8], options: JobOptions
    ) throws(StintError) -> (queue: String, content: NewJob.Content) {
        let queue = options.queue ?? "default"
        try Self.check(queue: queue)
        try Self.check(jobName: name)
        guard payload.count <= maxPayloadBytes else {
            throw StintError(
                .payloadTooLarge,
                "The payload of '\(name)' has \(payload.count) bytes; the limit is \(maxPayloadBytes). "
                    + "Store it elsewhere and enqueue a reference.")
        }
        var content = NewJob.Content(name: name, payload: payload)
        content.priority = options.priority ?? .normal
        content.due = try Self.due(options)
        content.retry = options.retry ?? .standard
        try Self.check(content.retry)
        content.unique = try Self.check(options.unique)
        content.windowMilliseconds = try Self.time("window", options.window)
        content.timeoutMilliseconds = try Self.time("timeout", options.timeout, mayBeZero: false)
        content.expiresAfterMilliseconds = try Self.time("expiresAfter", options.expiresAfter, mayBeZero: false)
        content.keepMilliseconds = try Self.time("keep", options.keep)
        content.isAwaited = options.isAwaited ?? false
        content.tags = try Self.check(tags: options.tags ?? [:])
        try options.durability?.check()
        return (queue, content)
    }

    /// Checks a queue's name.
    static func check(queue: String) throws(StintError) {
        let isValid = !queue.isEmpty && queue.utf8.count <= 64 && queue.utf8.allSatisfy(isAllowedInQueue)
        guard isValid else {
            throw StintError(
                .invalidInput, "A queue's name has 1 to 64 characters of a–z, 0–9, '.', '_' and '-'.")
        }
    }

    /// Checks a namespace's name.
    static func check(namespace: String) throws(StintError) {
        guard namespace.utf8.count <= 32, (try? check(queue: namespace)) != nil else {
            throw StintError(.invalidInput, "A namespace has 1 to 32 characters of a–z, 0–9, '.', '_' and '-'.")
        }
    }

    private static func check(jobName name: String) throws(StintError) {
        let isValid = !name.isEmpty && name.utf8.count <= 128 && !hasControlCharacters(name)
        guard isValid else {
            throw StintError(.invalidInput, "A job's name has 1 to 128 bytes and no control characters.")
        }
    }

    private static func due(_ options: JobOptions) throws(StintError) -> NewJob.Due {
        if options.delay != nil && options.runAt != nil {
            throw StintError(.invalidInput, "Give either a delay or a time to run at, not both.")
        }
        guard let date = options.runAt else { return .after(try time("delay", options.delay)) }
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded(.up)
        guard milliseconds.isFinite, milliseconds < 0x1p47 else {
            throw StintError(.invalidInput, "The time to run at is too far away.")
        }
        return .at(Int64(max(0, milliseconds)))
    }

    private static func check(_ retry: RetryPolicy) throws(StintError) {
        if let attempts = retry.attempts, !(1...65_535).contains(attempts) {
            throw StintError(.invalidInput, "A retry policy has 1 to 65,535 attempts, or nil for no bound.")
        }
        var times: [Duration?] = [retry.maxElapsed]
        switch retry.backoff {
        case .exponential(let base, let cap): times += [base, cap]
        case .fixed(let delay): times.append(delay)
        case .list(let delays):
            guard delays.count <= 100 else {
                throw StintError(.invalidInput, "A retry policy lists at most 100 delays.")
            }
            times += delays.map(Optional.some)
        }
        for time in times { _ = try self.time("delay of a retry policy", time) }
    }

    private static func check(_ unique: UniqueKey?) throws(StintError) -> UniqueKey? {
        if let unique, unique.key.isEmpty || unique.key.utf8.count > 256 {
            throw StintError(.invalidInput, "A unique key has 1 to 256 bytes.")
        }
        return unique
    }

    private static func check(tags: [String: String]) throws(StintError) -> [String: String] {
        let isValid =
            tags.count <= 16
            && tags.allSatisfy { !$0.key.isEmpty && $0.key.utf8.count <= 128 && $0.value.utf8.count <= 128 }
            && !tags.contains { hasControlCharacters($0.key) || hasControlCharacters($0.value) }
        guard isValid else {
            throw StintError(
                .invalidInput,
                "A job has at most 16 tags, keys and values of at most 128 bytes without control characters.")
        }
        return tags
    }

    private static func time(
        _ name: String, _ duration: Duration?, mayBeZero: Bool = true
    ) throws(StintError) -> Int64 {
        guard let duration else { return 0 }
        guard duration >= .zero, duration <= longestTime, mayBeZero || duration > .zero else {
            throw StintError(
                .invalidInput,
                mayBeZero
                    ? "The \(name) must not be negative or over 30 years."
                    : "The \(name) must be over zero and at most 30 years.")
        }
        return duration.milliseconds
    }

    private static func isAllowedInQueue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// C0, DEL and C1, whatever the text's encoding of them.
    static func hasControlCharacters(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }
    }
}
