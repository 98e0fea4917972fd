// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `stint dead`.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Look at jobs that gave up, retry them, delete them.",
        discussion: "Examples:\n  stint dead ls\n  stint dead retry --queue mail\n  stint dead purge --name 'mail.*'",
        subcommands: [DeadListCommand.self, DeadRetryCommand.self, DeadPurgeCommand.self])
}
