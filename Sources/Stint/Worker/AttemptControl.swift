// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Logging
import StintRedis
import Synchronization

/// One attempt of a job: carries its progress and log lines to Redis, and answers whether its lease is sure.
///
/// Handlers call it from any thread and never wait: values gather, and leave on the reactor with the next call. What
/// could not be written when the attempt ends is dropped, as its lease is; so are lines that a full Redis refuses.
package final class AttemptControl: JobControl {
    private struct Buffer {
        var progress: String?
        var isProgressInFlight = false
        var lines: [[UInt8]] = []
        /// The number of the first line in `lines` within the attempt.
        var first = 0
        var isLogInFlight = false
        var isClosed = false
        var isScheduled = false
        /// What the handler logs with, once it has asked for it.
        var logger: Logger?
    }

    let engine: WorkerEngine
    /// What the worker's machine calls the attempt.
    package let token: WorkerMachine.Token
    /// The job that is attempted.
    package let job: ClaimedJob
    private let buffer = Mutex(Buffer())

    /// The most lines that wait or are kept, and how long they are kept after the last.
    private static let maxLines = 1000
    private static let logTime: Duration = .seconds(86_400)
    private static let lineLimit = 8192
    private static let noteLimit = 1024
    /// The most lines of one call, so that it stays below 1 MiB.
    private static let callLines = 125

    init(engine: WorkerEngine, token: WorkerMachine.Token, job: ClaimedJob) {
        self.engine = engine
        self.token = token
        self.job = job
    }

    package func setProgress(_ fraction: Double, note: String?) {
        let percent = Int((fraction * 10_000).rounded())
        // Four decimals, then the note: read by the inspector without a JSON parser.
        let text = "\(percent) \(note.map { stored($0, .progress, limit: Self.noteLimit) } ?? "")"
        schedule { $0.progress = text }
    }

    package func log(_ line: String) {
        let bytes = Array(stored(line, .log, limit: Self.lineLimit).utf8)
        schedule { buffer in
            buffer.lines.append(bytes)
            if buffer.lines.count > Self.maxLines {
                buffer.first += buffer.lines.count - Self.maxLines
                buffer.lines.removeFirst(buffer.lines.count - Self.maxLines)
            }
        }
    }

    /// The text as Redis is to hold it: cut, and sealed where the job is.
    private func stored(_ text: String, _ purpose: SealBinding.Purpose, limit: Int) -> String {
        guard let sealer = engine.core.sealer, job.record.flags.contains(.sealed) else {
            return text.prefix(utf8Bytes: limit)
        }
        // A job's log outlives the record that has its name.
        let name = purpose == .log ? "" : job.name
        let place = Sealer.Place(queue: engine.calls[job.queue].name, id: job.id, name: name)
        return sealer.seal(text, purpose, at: place, limit: limit)
    }

    package func checkLease() throws {
        let (confirmed, cause) = engine.lease(of: token)
        if cause == .request || cause == .timeout || cause == .handBack { throw CancellationError() }
        guard let confirmed, engine.core.reactor.now - confirmed < engine.machineSettings.lease else {
            throw StintError(.leaseLost, "The lease of job \(job.id) is lost, or could not be renewed in time.")
        }
    }

    private func schedule(_ change: (inout Buffer) -> Void) {
        let isFirst = buffer.withLock { buffer in
            guard !buffer.isClosed else { return false }
            change(&buffer)
            defer { buffer.isScheduled = true }
            return !buffer.isScheduled
        }
        if isFirst { engine.core.reactor.execute { self.flush() } }
    }

    /// Sends what is left, before the attempt's end is sent on the same connection.
    func close() {
        let isEmpty = buffer.withLock { buffer in
            guard buffer.progress == nil, buffer.lines.isEmpty else { return false }
            buffer.isClosed = true
            return true
        }
        guard !isEmpty else { return }
        flush(isLast: true)
        buffer.withLock { $0.isClosed = true }
    }

    package func logger(_ make: () -> Logger) -> Logger {
        buffer.withLock { buffer in
            if let logger = buffer.logger { return logger }
            let logger = make()
            buffer.logger = logger
            return logger
        }
    }

    private func flush(isLast: Bool = false) {
        let (progress, lines, first) = buffer.withLock { buffer -> (String?, [[UInt8]], Int) in
            buffer.isScheduled = false
            var progress: String?
            if isLast || !buffer.isProgressInFlight {
                progress = buffer.progress
                buffer.progress = nil
                if progress != nil { buffer.isProgressInFlight = true }
            }
            var lines: [[UInt8]] = []
            let first = buffer.first
            if isLast || !buffer.isLogInFlight {
                lines = isLast ? buffer.lines : Array(buffer.lines.prefix(Self.callLines))
                buffer.lines.removeFirst(lines.count)
                buffer.first += lines.count
                if !lines.isEmpty { buffer.isLogInFlight = true }
            }
            return (progress, lines, first)
        }
        let keys = engine.calls[job.queue].keys
        if let progress {
            engine.core.setProgress(progress, of: job, in: keys) { _ in
                self.answered { $0.isProgressInFlight = false }
            }
        }
        for start in stride(from: 0, to: lines.count, by: Self.callLines) {
            let slice = Array(lines[start..<min(start + Self.callLines, lines.count)])
            send(slice, first: first + start, keys: keys)
        }
    }

    private func send(_ lines: [[UInt8]], first: Int, keys: QueueKeys) {
        engine.core.log(
            lines, first: first, of: job, in: keys, most: Self.maxLines, time: Self.logTime
        ) { result in
            switch result {
            case .failure(.notSent), .failure(.outcomeUnknown):
                // The lines have numbers, so that sending them again adds none twice.
                self.answered { buffer in
                    buffer.isLogInFlight = false
                    // Where newer lines have pushed others out meanwhile, these would go as well.
                    guard buffer.first == first + lines.count else { return }
                    buffer.lines.insert(contentsOf: lines, at: 0)
                    buffer.first = first
                }
            default:
                if case .failure(.server(let error)) = result, error.code == "OOM" { self.tellFull(lines.count) }
                self.answered { $0.isLogInFlight = false }
            }
        }
    }

    private func tellFull(_ count: Int) {
        engine.core.alarms.log(
            .warning, "Redis is full: log lines of jobs are dropped", key: "log full",
            [
                "job.id": "\(job.id)", "stint.queue": "\(engine.calls[job.queue].name)", "stint.lines": "\(count)",
            ], to: engine.logger)
    }

    private func answered(_ change: (inout Buffer) -> Void) {
        let isMore = buffer.withLock { buffer in
            change(&buffer)
            return !buffer.isClosed && !buffer.isScheduled && (buffer.progress != nil || !buffer.lines.isEmpty)
        }
        guard isMore else { return }
        buffer.withLock { $0.isScheduled = true }
        engine.core.reactor.schedule(after: .milliseconds(50)) { self.flush() }
    }
}
