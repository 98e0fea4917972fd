// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import CStintProcess
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The one thread that starts, feeds, reads, ends and reaps all functions of this process.
///
/// It lives as long as the process, and must: Linux sends a child's parent-death signal when the *thread* that forked
/// it ends. It waits in `poll` for everything at once, so a running function holds no thread. A child's end is seen
/// through a pidfd and reaped by its own id: children of other parts of the process are never touched. Where there is
/// no pidfd, children are looked at every 20 ms.
final class ProcessLoop: Sendable {
    private enum Command {
        case start(RunRequest)
        case cancel(RunTicket)
    }

    private static let running = Mutex<ProcessLoop?>(nil)

    private let inbox = Mutex<[Command]>([])
    private let wakeReading: Int32
    private let wakeWriting: Int32

    /// The loop of this process, started at the first call.
    static func shared() throws(FunctionError) -> ProcessLoop {
        try running.withLock { (running) throws(FunctionError) in
            if let running { return running }
            let loop = try ProcessLoop()
            running = loop
            return loop
        }
    }

    private init() throws(FunctionError) {
        var (reading, writing): (Int32, Int32) = (-1, -1)
        let failure = stint_make_pipe(&reading, &writing)
        guard failure == 0 else {
            throw FunctionError(.cannotStart, "cannot make a pipe: \(String(cString: strerror(failure)))")
        }
        (wakeReading, wakeWriting) = (reading, writing)
        let context = Unmanaged.passRetained(self)
        let error = stint_start_thread(
            "stint-functions",
            { context in Unmanaged<ProcessLoop>.fromOpaque(context).takeRetainedValue().runForever() },
            context.toOpaque())
        guard error == 0 else {
            context.release()
            close(reading)
            close(writing)
            throw FunctionError(.cannotStart, "cannot start a thread: \(String(cString: strerror(error)))")
        }
    }

    /// Starts a run; its completion is called in any case.
    func start(_ request: RunRequest) { submit(.start(request)) }

    /// Ends a run, which then completes with `CancellationError`.
    func cancel(_ ticket: RunTicket) {
        ticket.isCancelled.store(true, ordering: .releasing)
        submit(.cancel(ticket))
    }

    private func submit(_ command: Command) {
        let wasEmpty = inbox.withLock { commands in
            commands.append(command)
            return commands.count == 1
        }
        // A full pipe means that the loop is to wake up anyway.
        if wasEmpty { _ = withUnsafeBytes(of: UInt8(1)) { write(wakeWriting, $0.baseAddress, 1) } }
    }

    private func runForever() {
        stint_block_sigpipe()
        var turn = LoopTurn(wake: wakeReading)
        while true {
            turn.wait()
            var bytes: (UInt64, UInt64) = (0, 0)
            while withUnsafeMutableBytes(of: &bytes, { read(wakeReading, $0.baseAddress, $0.count) }) > 0 {}
            let commands = inbox.withLock { commands in
                defer { commands = [] }
                return commands
            }
            for command in commands {
                switch command {
                case .start(let request): turn.add(request)
                case .cancel(let ticket): turn.cancel(ticket)
                }
            }
            turn.startWaiting()
            turn.perform()
        }
    }
}

/// What the loop's thread owns: the active runs and what it polls for them.
private struct LoopTurn {
    private static let lookInterval: Duration = .milliseconds(20)
    /// Starting takes a millisecond or two each; the runs that are active must not wait for hundreds of them.
    private static let startsPerTurn = 8

    private let wake: Int32
    private var waiting: [RunRequest] = []
    private var runs: [ActiveRun] = []
    private var descriptors: [pollfd] = []
    private var guardian = OrphanGuard()
    private var adopted = AdoptedGroups()

    init(wake: Int32) { self.wake = wake }

    mutating func add(_ request: RunRequest) { waiting.append(request) }

    /// Starts some of the runs that wait for it.
    mutating func startWaiting() {
        for request in waiting.prefix(Self.startsPerTurn) { start(request) }
        waiting.removeFirst(min(Self.startsPerTurn, waiting.count))
    }

    private mutating func start(_ request: RunRequest) {
        guard !request.ticket.isCancelled.load(ordering: .acquiring) else {
            return request.completion(.failure(CancellationError()))
        }
        do {
            let run = try ActiveRun(request)
            guardian.watch(run.group)
            runs.append(run)
        } catch {
            request.completion(.failure(error))
        }
    }

    func cancel(_ ticket: RunTicket) {
        runs.first { $0.ticket === ticket }?.cancel()
    }

    /// Waits until a descriptor is ready or a run's next instant has come.
    mutating func wait() {
        descriptors.removeAll(keepingCapacity: true)
        descriptors.append(pollfd(fd: wake, events: Int16(POLLIN), revents: 0))
        var timeout: Duration? = waiting.isEmpty ? nil : .zero
        if !adopted.isEmpty { timeout = min(timeout ?? Self.lookInterval, Self.lookInterval) }
        for run in runs {
            run.appendDescriptors(to: &descriptors)
            var next = run.untilNextInstant
            if !run.hasPidfd { next = min(next ?? Self.lookInterval, Self.lookInterval) }
            if let next { timeout = min(timeout ?? next, next) }
        }
        poll(&descriptors, nfds_t(descriptors.count), timeout.map(Self.pollTimeout) ?? -1)
    }

    /// Rounded up: a timer must not be early and then spin.
    private static func pollTimeout(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = max(duration, .zero).components
        return Int32(min(seconds, 3600) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Moves bytes, acts on timers, and completes the runs that ended.
    mutating func perform() {
        var ready: [Int32: Int16] = [:]
        for descriptor in descriptors where descriptor.revents != 0 { ready[descriptor.fd] = descriptor.revents }
        adopted.reap()
        var ended = false
        for run in runs {
            run.transfer(ready)
            run.advance()
            if run.endIfOver(ready, beforeReaping: { guardian.forget($0) }) {
                ended = true
                adopted.add(run.group)
            }
        }
        if ended { runs.removeAll { $0.isOver } }
    }
}
