// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A child process in a process group of its own, so that Ctrl-C in the terminal reaches only its owner.
package struct ChildProcess: Sendable {
    /// Its process id.
    package let pid: Int32

    /// Starts `executable`, looked up in `PATH`, with default signal dispositions.
    ///
    /// `descriptors` become 0, 1, 2, … of the child; all others that are close-on-exec are closed. Its environment is
    /// this process's with `environment` on top. Throws errno.
    package static func spawn(
        _ executable: String,
        _ arguments: [String],
        descriptors: [CInt],
        environment: [String: String] = [:]
    ) throws(SystemError) -> ChildProcess {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(target))
        }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        sigdelset(&all, SIGKILL)
        sigdelset(&all, SIGSTOP)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | CInt(POSIX_SPAWN_SETSIGMASK) | CInt(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var strings = ([executable] + arguments).map { strdup($0) }
        strings.append(nil)
        defer { for string in strings { free(string) } }
        var variables = Self.environment(with: environment)
        variables.append(nil)
        defer { for variable in variables { free(variable) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, executable, &actions, &attributes, strings, variables)
        guard status == 0 else { throw SystemError(code: status) }
        return ChildProcess(pid: pid)
    }

    private static func environment(with more: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
        var variables: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let variable = next.pointee {
            let name = String(cString: variable).prefix { $0 != "=" }
            if more[String(name)] == nil { variables.append(strdup(variable)) }
            next += 1
        }
        return variables + more.map { strdup("\($0.key)=\($0.value)") }
    }

    /// Sends a signal; a child that has ended but was not reaped takes it without effect.
    package func signal(_ signal: CInt) {
        _ = kill(pid, signal)
    }

    /// Reaps the child if it has ended.
    package func hasEnded() -> Bool { end() != nil }

    /// Reaps the child if it has ended, and returns how, as `waitpid` says it: the signal that killed it, or the exit
    /// status times 256.
    package func end() -> CInt? {
        var status: CInt = 0
        let result = waitpid(pid, &status, WNOHANG)
        guard result == pid || (result < 0 && errno == ECHILD) else { return nil }
        return status
    }

    /// Waits on this thread until the child has ended; for one that was sent SIGKILL, which takes milliseconds.
    package func reap() {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}

/// An errno with its text.
package struct SystemError: Error, CustomStringConvertible {
    var code: CInt

    /// The error that the last call left.
    package static var last: SystemError { SystemError(code: errno) }

    package var description: String { String(cString: strerror(code)) }
}

/// A pipe, both ends close-on-exec from the start.
///
/// It is a pair of sockets where that closes the gap between making it and marking it: a child started in between by
/// another thread would hold the writing end open, and who waits for its closing would wait for that child.
package struct ChildPipe {
    package var readEnd: CInt
    package var writeEnd: CInt

    /// Makes a pipe.
    package init() throws(SystemError) {
        var ends: [CInt] = [-1, -1]
        #if canImport(Darwin)
        guard pipe(&ends) == 0 else { throw .last }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #else
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw .last }
        #endif
        readEnd = ends[0]
        writeEnd = ends[1]
    }
}
