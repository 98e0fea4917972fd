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

/// A small shell that kills the process groups of this worker's functions if the worker is killed.
///
/// The parent-death signal reaches only a function's leader, not what it started. The guard reads the groups from a
/// pipe; the kernel closes that pipe however the worker ends, and the guard then kills every group that is left. It has
/// a session of its own and ignores the signals that a service manager sends to all processes of a service. Functions
/// run without it if it cannot be started.
struct OrphanGuard {
    static let script = """
        trap '' HUP INT TERM; g=' '
        while read -r o p; do case $o in +) g="$g$p ";; -) g="${g%% $p *} ${g#* $p }";; esac; done
        for p in $g; do kill -9 "-$p" 2>/dev/null; done
        """

    private var shell: stint_spawned?
    private var groups: Set<pid_t> = []

    /// Kills this group when the worker is gone.
    mutating func watch(_ group: pid_t) {
        groups.insert(group)
        if shell != nil, tell("+ \(group)\n") { return }
        restart()
    }

    /// Leaves this group alone.
    ///
    /// Called before its leader is reaped, while its id cannot be another's.
    mutating func forget(_ group: pid_t) {
        groups.remove(group)
        if shell != nil, !tell("- \(group)\n") { restart() }
    }

    /// Starts a guard, also in place of one that somebody killed.
    private mutating func restart() {
        if let old = shell {
            close(old.standard_input)
            if old.pidfd >= 0 { close(old.pidfd) }
            // Without its pipe it ends at once, if it has not yet; it must not take running groups with it.
            kill(old.pid, SIGKILL)
            var exit = stint_exit()
            _ = stint_reap(old.pid, &exit)
            shell = nil
        }
        let program = Program(
            path: "/bin/sh", arguments: ["sh", "-c", Self.script, "stint-guard"], environment: [], directory: "/",
            diesWithParent: false)
        guard !groups.isEmpty, let started = try? program.spawn() else { return }
        for unused in [started.standard_output, started.standard_error, started.control] { close(unused) }
        shell = started
        _ = tell(groups.map { "+ \($0)\n" }.joined())
    }

    private func tell(_ text: String) -> Bool {
        guard let shell else { return false }
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { write(shell.standard_input, $0.baseAddress, $0.count) } == bytes.count
    }
}
