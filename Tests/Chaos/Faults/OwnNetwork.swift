// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A network namespace for this process and all that it starts, with a loopback and nothing else.
enum OwnNetwork {
    private static let variable = "STINT_CHAOS_OWN_NETWORK"

    /// Whether this process may make one.
    static var isPossible: Bool { geteuid() == 0 }

    /// Starts this program anew in a network of its own, unless it is in one; returns only then.
    static func enter() throws {
        guard ProcessInfo.processInfo.environment[variable] == nil else { return }
        setenv(variable, "yes", 1)
        let words =
            ["unshare", "-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", RoleProcess.program]
            + CommandLine.arguments.dropFirst()
        var pointers = words.map { strdup($0) }
        pointers.append(nil)
        execvp("unshare", pointers)
        throw ScenarioAct.Failure(description: "unshare cannot be run")
    }
}
