// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintRedis
import Synchronization

/// A process of this program in another role; it ends when this object, or this process, goes.
final class RoleProcess: Sendable {
    private struct State {
        var end: Int32?
    }

    let role: String
    private let child: ChildProcess
    private let lifeline: Int32
    private let state = Mutex(State())

    /// Starts the process; what it says goes into `ROLE.log` in the folder.
    init(_ role: String, _ arguments: [String], folder: URL) throws {
        let log = open(
            folder.appendingPathComponent("\(role).log").path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw SystemError.last }
        defer { close(log) }
        let pipe = try ChildPipe()
        defer { close(pipe.readEnd) }
        self.role = role
        lifeline = pipe.writeEnd
        child = try ChildProcess.spawn(
            Self.program, [role] + arguments, descriptors: [pipe.readEnd, log, log],
            // Where a process aborts, drawing its stack would keep it half alive for seconds.
            environment: ["SWIFT_BACKTRACE": "enable=no"])
    }

    deinit {
        if end() == nil {
            child.signal(SIGKILL)
            child.reap()
        }
        close(lifeline)
    }

    var pid: Int32 { child.pid }

    /// How it ended, as `waitpid` says it; nil while it runs.
    func end() -> Int32? {
        state.withLock { state in
            if state.end == nil { state.end = child.end() }
            return state.end
        }
    }

    /// Sends a signal, unless the process has ended: its id may be another's then.
    func signal(_ number: Int32) {
        state.withLock { state in
            if state.end == nil { state.end = child.end() }
            if state.end == nil { child.signal(number) }
        }
    }

    /// Waits until it has ended, and returns how; nil if it runs still after the limit.
    func wait(within limit: Duration) async -> Int32? {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let end = end() { return end }
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { break }
        }
        return end()
    }

    /// This program.
    static let program =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
}
