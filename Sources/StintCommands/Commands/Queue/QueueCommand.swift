// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `stint queue`.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Look at queues, pause, drain and clear them.",
        discussion: "Examples:\n  stint queue ls --watch\n  stint queue pause mail --for 10m --reason 'relay is down'",
        subcommands: [
            QueueListCommand.self, QueueShowCommand.self, QueuePauseCommand.self, QueueResumeCommand.self,
            QueueDrainCommand.self, QueueClearCommand.self, QueueLimitCommand.self,
        ],
        aliases: ["queues"])
}
