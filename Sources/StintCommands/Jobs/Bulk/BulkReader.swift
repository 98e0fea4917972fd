// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Stint
import Synchronization

/// Some jobs that were read together.
struct BulkSlice: Sendable {
    /// A line that is no job.
    struct BadLine: Sendable, Hashable {
        var number: Int
        var error: BulkLineError
        /// How it begins.
        var start: [UInt8]
    }

    var jobs: [RawJob] = []
    /// The line of each job, counted from 1.
    var lines: [Int] = []
    var badLines: [BadLine] = []
    /// The bytes that were read from the input so far.
    var position = 0
    var isLast = false
    /// Why the input could not be read to its end.
    var error: TextSinkError?
}

/// Reads and parses slices on a thread of its own, so that input is read while the slices before are under way and a
/// slow pipe blocks nobody else.
final class BulkReader: Sendable {
    /// More than a slice's payloads may have: the client would cut it anyhow.
    private static let byteLimit = 1 << 20
    /// A longer line is no line of jobs.
    static let lineLimit = 20 << 20

    private struct Input {
        var lines: InputLines
        var parser: BulkLineParser
        var number = 0
        var position = 0
        var isAtEnd = false
    }
    private struct Waiting {
        var continuation: CheckedContinuation<BulkSlice?, Never>?
        var isStopped = false
    }

    private let input: Mutex<Input>
    private let waiting = Mutex(Waiting())
    private let queue = DispatchQueue(label: "stint.bulk")
    private let stopsAtBadLine: Bool

    init(_ lines: InputLines, parser: BulkLineParser, stopsAtBadLine: Bool) {
        input = Mutex(Input(lines: lines, parser: parser))
        self.stopsAtBadLine = stopsAtBadLine
    }

    /// Returns the next slice of at most `limit` jobs, or `nil` once ``stop()`` was called.
    func next(limit: Int) async -> BulkSlice? {
        await withCheckedContinuation { continuation in
            let isStopped = waiting.withLock { waiting in
                if !waiting.isStopped { waiting.continuation = continuation }
                return waiting.isStopped
            }
            if isStopped { return continuation.resume(returning: nil) }
            queue.async { [self] in
                let slice = read(limit: limit)
                take()?.resume(returning: slice)
            }
        }
    }

    /// Ends the reading; a read that hangs is left behind.
    func stop() {
        waiting.withLock { $0.isStopped = true }
        take()?.resume(returning: nil)
    }

    private func take() -> CheckedContinuation<BulkSlice?, Never>? {
        waiting.withLock { waiting in
            defer { waiting.continuation = nil }
            return waiting.continuation
        }
    }

    private func read(limit: Int) -> BulkSlice {
        input.withLock { input in
            var slice = BulkSlice()
            var bytes = 0
            while slice.jobs.count < limit, bytes < Self.byteLimit, slice.badLines.count < 1_000 {
                guard let line = input.lines.next(limit: Self.lineLimit) else {
                    input.isAtEnd = true
                    slice.error = input.lines.error
                    break
                }
                input.number += 1
                input.position += line.count + 1
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                do throws(BulkLineError) {
                    guard line.count < Self.lineLimit else {
                        input.isAtEnd = true
                        throw BulkLineError(reason: "the line is longer than 20 MiB", column: nil)
                    }
                    let job = try input.parser.job(line)
                    bytes += job.payload.count
                    slice.jobs.append(job)
                    slice.lines.append(input.number)
                } catch {
                    let bad = BulkSlice.BadLine(number: input.number, error: error, start: Array(line.prefix(200)))
                    slice.badLines.append(bad)
                    if stopsAtBadLine || input.isAtEnd { input.isAtEnd = true; break }
                }
            }
            slice.position = input.position
            slice.isLast = input.isAtEnd
            return slice
        }
    }
}
