// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// The small texts and logs that the queue keeps beside a record, in the form that Redis holds them.
package enum JobNotes {
    /// Reads a progress: ten-thousandths, then the note; nil if it is none.
    package static func progress(_ bytes: [UInt8]) -> JobProgress? {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard let share = parts.first.flatMap({ Int($0) }), (0...10_000).contains(share) else { return nil }
        return JobProgress(fraction: Double(share) / 10_000, note: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// Reads the last errors, oldest first; what is damaged ends the list.
    package static func failures(_ bytes: [UInt8]) -> [JobFailure] {
        var reader = RecordReader(bytes)
        var failures: [JobFailure] = []
        while !reader.isAtEnd, let failure = try? failure(&reader) { failures.append(failure) }
        return failures
    }

    private static func failure(_ reader: inout RecordReader) throws(CorruptRecord) -> JobFailure {
        let milliseconds = try reader.integer(bytes: 6)
        let attempt = Int(try reader.integer(bytes: 2))
        let kind: JobFailure.Kind =
            switch try reader.byte() {
            case UInt8(ascii: "t"): .timeout
            case UInt8(ascii: "c"): .crash
            default: .error
            }
        let text = String(decoding: try reader.take(Int(try reader.integer(bytes: 2))), as: UTF8.self)
        return JobFailure(date: .redis(milliseconds), attempt: attempt, kind: kind, text: text)
    }

    /// Reads who asked for a cancellation, and when.
    package static func cancelRequest(_ bytes: [UInt8]) -> JobCancelRequest? {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard let milliseconds = parts.first.flatMap({ Int64($0) }) else { return nil }
        return JobCancelRequest(date: .redis(milliseconds), by: parts.count > 1 ? String(parts[1]) : "")
    }
}
