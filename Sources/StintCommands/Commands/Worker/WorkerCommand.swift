// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `stint worker`.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Look at the worker processes and what they run.",
        discussion: "Examples:\n  stint worker ls --watch\n  stint worker show %1",
        subcommands: [WorkerListCommand.self, WorkerShowCommand.self], aliases: ["workers"])
}
