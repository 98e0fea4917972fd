// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintTerminal

/// Moves slices from the reader to Redis: several are under way at a time, and answers are counted in the order of
/// their lines.
struct BulkPipeline {
    typealias Enqueue = @Sendable ([RawJob]) async throws(StintError) -> [EnqueueReceipt]

    /// How it ended.
    struct End: Sendable {
        var tally = BulkTally()
        var badLines: [BulkSlice.BadLine] = []
        var isInterrupted = false
        /// Stopped at a bad line, though the input may go on.
        var isStopped = false
        /// Why the input could not be read to its end.
        var readError: TextSinkError?
        /// Why the ids could not be written.
        var idsError: TextSinkError?
        /// Jobs that were read, for a dry run.
        var read = 0
        var seconds = 0.0
    }

    private struct Flight {
        let lines: [Int]
        let task: Task<Result<[EnqueueReceipt], StintError>, Never>
    }

    /// Slices that are under way at a time: enough for all lanes of a queue and one that waits for each.
    private static let depth = 4
    /// Bad lines that are told one by one.
    private static let toldLines = 10

    let reader: BulkReader
    let batch: Int
    let perSecond: Double?
    let stopsAtFailure: Bool
    let console: Console
    let size: Int?
    let ids: IDList?
    let enqueue: Enqueue

    func run(_ interrupt: BulkInterrupt) async throws -> End {
        var end = End()
        var progress = BulkProgress(console: console, size: size)
        var flights: [Flight] = []
        while !interrupt.isSet {
            guard let slice = await reader.next(limit: batch) else { break }
            note(slice, in: &end)
            end.read += slice.jobs.count
            end.readError = slice.error
            if !slice.jobs.isEmpty {
                await pace(end.read - slice.jobs.count, progress, interrupt)
                if interrupt.isSet { break }
                flights.append(start(slice))
            }
            while flights.count >= Self.depth || slice.isLast && !flights.isEmpty {
                await land(flights.removeFirst(), in: &end)
                progress.show(
                    end.tally, count: end.read - flights.reduce(0) { $0 + $1.lines.count }, position: slice.position)
            }
            if slice.isLast { break }
            if stopsAtFailure, !end.tally.failures.isEmpty { break }
            if end.idsError != nil { break }
        }
        while !flights.isEmpty { await land(flights.removeFirst(), in: &end) }
        end.isInterrupted = interrupt.isSet
        end.isStopped = stopsAtFailure && !end.badLines.isEmpty
        let (seconds, attoseconds) = progress.elapsed.components
        end.seconds = Double(seconds) + Double(attoseconds) / 1e18
        return end
    }

    private func start(_ slice: BulkSlice) -> Flight {
        let (enqueue, jobs) = (enqueue, slice.jobs)
        let task = Task { () -> Result<[EnqueueReceipt], StintError> in
            do throws(StintError) {
                return .success(try await enqueue(jobs))
            } catch {
                return .failure(error)
            }
        }
        return Flight(lines: slice.lines, task: task)
    }

    private func land(_ flight: Flight, in end: inout End) async {
        switch await flight.task.value {
        case .success(let receipts):
            end.tally.count(receipts, lines: flight.lines)
            if end.idsError == nil { end.idsError = ids?.append(receipts) }
        case .failure(let error):
            end.tally.fail(flight.lines, error)
        }
    }

    private func note(_ slice: BulkSlice, in end: inout End) {
        for line in slice.badLines {
            end.tally.badLines += 1
            guard end.badLines.count < Self.toldLines else { continue }
            end.badLines.append(line)
            if !stopsAtFailure { console.warn(BulkEnding.text(line)) }
            if !stopsAtFailure, end.badLines.count == Self.toldLines {
                console.warn("further bad lines are only counted")
            }
        }
    }

    /// Waits until the next slice may go out.
    private func pace(_ count: Int, _ progress: BulkProgress, _ interrupt: BulkInterrupt) async {
        guard let perSecond else { return }
        let due = Duration.seconds(Double(count) / perSecond)
        while !interrupt.isSet {
            let rest = due - progress.elapsed
            guard rest > .zero else { return }
            // In short steps, so that Ctrl-C is seen.
            try? await Task.sleep(for: min(rest, .milliseconds(100)))
        }
    }
}
