// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// What one run of a function may use; `nil` is what the worker itself may use.
package struct ResourceLimits: Sendable, Hashable {
    /// Bytes of address space.
    ///
    /// Runtimes that reserve much and use little (Node, Java, Go) need a generous value.
    package var memory: Int?
    /// Time on the processor, in whole seconds; at the limit SIGXCPU, a second later SIGKILL.
    package var cpuTime: Duration?
    /// Open descriptors of one process.
    package var openFiles: Int?
    /// The largest file that may be written.
    package var fileSize: Int?
    /// Processes of the *user* that runs the worker, all of them: the system counts no other way.
    package var processes: Int?

    /// Creates limits.
    package init(
        memory: Int? = nil, cpuTime: Duration? = nil, openFiles: Int? = nil, fileSize: Int? = nil, processes: Int? = nil
    ) {
        self.memory = memory
        self.cpuTime = cpuTime
        self.openFiles = openFiles
        self.fileSize = fileSize
        self.processes = processes
    }
}
