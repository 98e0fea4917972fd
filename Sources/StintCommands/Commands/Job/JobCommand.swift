// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `stint job`.
struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Look at jobs, retry, cancel, promote and delete them.",
        discussion: "Examples:\n  stint job ls --state dead\n  stint job show %1\n  stint job logs -f @last",
        subcommands: [
            JobListCommand.self, JobShowCommand.self, JobLogsCommand.self, JobRetryCommand.self,
            JobCancelCommand.self, JobPromoteCommand.self, JobRemoveCommand.self,
        ],
        aliases: ["jobs"])
}
