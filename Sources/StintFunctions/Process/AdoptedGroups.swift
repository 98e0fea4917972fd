// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reaps what ended functions left to this process, where it is the first of a container.
///
/// The system gives the orphans of a process to process 1. Where that is the worker itself, they would stay as zombies.
/// Only members of a function's own group are reaped, so no other part of the process loses a child. Elsewhere there
/// are none, which costs one system call a run.
struct AdoptedGroups {
    private var groups: [pid_t] = []

    var isEmpty: Bool { groups.isEmpty }

    /// Takes a group whose leader was reaped; its members were killed, and may take a moment to end.
    mutating func add(_ group: pid_t) {
        if !Self.isReaped(group) { groups.append(group) }
    }

    /// Reaps what has ended since.
    mutating func reap() { groups.removeAll(where: Self.isReaped) }

    private static func isReaped(_ group: pid_t) -> Bool {
        var answer: pid_t
        repeat { answer = waitpid(-group, nil, WNOHANG) } while answer > 0 || (answer < 0 && errno == EINTR)
        // 0: some are left and have not ended.
        return answer < 0
    }
}
