// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import CStintProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A started child with its pipes.
///
/// Belongs to the process loop's thread.
final class ActiveRun {
    /// How many bytes of one pipe are moved in one turn, so that one flood does not starve the others.
    private static let turnBytes = 256 * 1024
    /// How much is read from a pipe after the leader's end: what it wrote is in the pipe, at most this much.
    ///
    /// A process that left the group may still hold the other end and write for ever.
    private static let lastBytes = 1024 * 1024
    private static let lineBound = 8 * 1024

    private let request: RunRequest
    private let startedAt = ContinuousClock.now
    private var machine: RunStateMachine
    private var child: stint_spawned
    private var written = 0
    private var output: TailBuffer
    private var log = LineSplitter(bound: lineBound)
    private var gate: LogGate
    private var control = LineSplitter(bound: lineBound)
    private var lastLogLine: String?
    private var retryAfter: Duration?
    private var snooze: Duration?
    private(set) var isOver = false

    /// Starts the request's program.
    init(_ request: RunRequest) throws(FunctionError) {
        self.request = request
        machine = RunStateMachine(timeout: request.timeout, gracePeriod: request.gracePeriod)
        output = TailBuffer(bound: request.resultBound)
        gate = LogGate(bound: request.logBound)
        child = try request.program.spawn()
        feed()
    }

    var ticket: RunTicket { request.ticket }
    /// The process group, which has the leader's id.
    var group: pid_t { child.pid }
    var hasPidfd: Bool { child.pidfd >= 0 }

    private var elapsed: Duration { ContinuousClock.now - startedAt }

    /// How long until ``advance()`` has something to do; `nil` for nothing.
    var untilNextInstant: Duration? {
        let now = elapsed
        let next = machine.nextInstant.map { $0 - now }
        let release: Duration? = gate.isHoldingBack ? .milliseconds(250) : nil
        guard let next, let release else { return next ?? release }
        return min(next, release)
    }

    func appendDescriptors(to descriptors: inout [pollfd]) {
        for descriptor in [child.pidfd, child.standard_output, child.standard_error, child.control]
        where descriptor >= 0 {
            descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        if child.standard_input >= 0 {
            descriptors.append(pollfd(fd: child.standard_input, events: Int16(POLLOUT), revents: 0))
        }
    }

    /// Moves bytes from and to the pipes that are ready.
    func transfer(_ ready: [Int32: Int16]) {
        if ready[child.standard_input] != nil { feed() }
        if ready[child.standard_output] != nil { receive(\.standard_output, Self.turnBytes) { output.append($0) } }
        if ready[child.standard_error] != nil { receive(\.standard_error, Self.turnBytes, readLog) }
        if ready[child.control] != nil { receive(\.control, Self.turnBytes, readControl) }
    }

    /// Acts on the timeout, the end of the grace period and held-back log lines.
    func advance() {
        perform(machine.advance(to: elapsed))
        if gate.isHoldingBack { gate.release(at: elapsed).forEach(request.onLog) }
    }

    func cancel() { perform(machine.cancel(at: elapsed)) }

    /// Completes the run if its leader has ended: kills what is left of the group, and reads what is left in the pipes.
    func endIfOver(_ ready: [Int32: Int16], beforeReaping: (pid_t) -> Void) -> Bool {
        guard !hasPidfd || ready[child.pidfd] != nil else { return false }
        let hasEnded = stint_has_ended(child.pid)
        guard hasEnded != 0 else { return false }
        // The leader is not reaped yet, so that the group's id cannot have become another's.
        if hasEnded == 1 { kill(-child.pid, SIGKILL) }
        receive(\.standard_output, Self.lastBytes) { output.append($0) }
        receive(\.standard_error, Self.lastBytes, readLog)
        receive(\.control, Self.lastBytes, readControl)
        log.finish(logLine)
        control.finish(controlLine)
        gate.finish().forEach(request.onLog)
        beforeReaping(child.pid)
        var exit = stint_exit()
        let error = stint_reap(child.pid, &exit)
        for path in [\stint_spawned.standard_input, \.standard_output, \.standard_error, \.control, \.pidfd] {
            shut(path)
        }
        isOver = true
        request.completion(error == 0 ? result(exit) : .failure(FunctionError(.statusLost, "its exit status was lost")))
        return true
    }

    private func result(_ exit: stint_exit) -> Result<FunctionResult, any Error> {
        let way: FunctionResult.Exit
        switch machine.reason {
        case .cancellation: return .failure(CancellationError())
        case .timeout: way = .timedOut
        case nil: way = exit.signal == 0 ? .exited(code: Int(exit.code)) : .signalled(Int(exit.signal))
        }
        return .success(
            FunctionResult(
                exit: way, output: output.bytes, outputDropped: output.dropped, lastLogLine: lastLogLine,
                retryAfter: retryAfter, snooze: snooze, duration: elapsed,
                processorTime: .microseconds(exit.user_microseconds + exit.system_microseconds),
                maximumResidentBytes: Int(exit.maximum_resident_bytes)))
    }

    private func perform(_ action: RunStateMachine.Action?) {
        switch action {
        case .terminateGroup:
            kill(-child.pid, SIGTERM)
            kill(-child.pid, SIGCONT)
        case .killGroup: kill(-child.pid, SIGKILL)
        case nil: break
        }
    }

    // MARK: Pipes

    /// Writes as much of the payload as the pipe takes; SIGPIPE is blocked on this thread.
    private func feed() {
        while child.standard_input >= 0 {
            guard written < request.payload.count else { return shut(\.standard_input) }
            let count = request.payload.withUnsafeBytes { bytes in
                write(child.standard_input, bytes.baseAddress.map { $0 + written }, min(bytes.count - written, 65536))
            }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                // A function need not read its payload.
                return shut(\.standard_input)
            }
        }
    }

    private func receive(
        _ path: WritableKeyPath<stint_spawned, Int32>, _ bound: Int, _ take: (UnsafeRawBufferPointer) -> Void
    ) {
        var received = 0
        withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 16) { buffer in
            while received < bound, child[keyPath: path] >= 0 {
                let count = read(child[keyPath: path], buffer.baseAddress, buffer.count)
                if count > 0 {
                    received += count
                    take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                } else if count < 0, errno == EINTR {
                    continue
                } else if count < 0, errno == EAGAIN {
                    return
                } else {
                    return shut(path)
                }
            }
        }
    }

    private func shut(_ path: WritableKeyPath<stint_spawned, Int32>) {
        guard child[keyPath: path] >= 0 else { return }
        close(child[keyPath: path])
        child[keyPath: path] = -1
    }

    // MARK: Lines

    private func readLog(_ bytes: UnsafeRawBufferPointer) { log.append(bytes, logLine) }

    private func readControl(_ bytes: UnsafeRawBufferPointer) { control.append(bytes, controlLine) }

    private func logLine(_ line: LineSplitter.Line) {
        let text = line.text
        // What is indented belongs to the line above it, such as the hints below an error.
        let isOwn = text.first?.isWhitespace == false || lastLogLine == nil
        if isOwn, text.contains(where: { !$0.isWhitespace }) { lastLogLine = text }
        gate.offer(text, at: elapsed).forEach(request.onLog)
    }

    private func controlLine(_ line: LineSplitter.Line) {
        do {
            guard line.cut == 0 else { throw ParseFailure("longer than 8 KiB") }
            guard line.bytes.contains(where: { $0 != UInt8(ascii: " ") }) else { return }
            let message = try ControlLine(line.bytes)
            retryAfter = message.retryAfter ?? retryAfter
            snooze = message.snooze ?? snooze
            if message.progress != nil || message.note != nil { request.onControl(message) }
        } catch {
            let shown = String(decoding: line.bytes.prefix(200), as: UTF8.self)
            gate.offer("[stint: bad control line: \(error): \(shown)]", at: elapsed).forEach(request.onLog)
        }
    }
}
