// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Stint

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The command `stint`.
package struct StintCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stint",
        abstract: "Run jobs from queues in Redis, in Swift or in any language.",
        discussion: """
            Without --redis, STINT_REDIS_URL or stint.yaml a private Redis is used.

            Topics: stint help exit-codes, stint help environment
            """,
        version: StintVersion.current,
        groupedSubcommands: [
            .init(
                name: "Every Day",
                subcommands: [UpCommand.self, EnqueueCommand.self, RunCommand.self, WorkCommand.self]),
            .init(
                name: "Look and Steer",
                subcommands: [
                    QueueCommand.self, JobCommand.self, DeadCommand.self, WorkerCommand.self, StatsCommand.self,
                    DoctorCommand.self, BenchCommand.self,
                ]),
            .init(
                name: "Set Up",
                subcommands: [
                    InitCommand.self, ConfigCommand.self, KeysCommand.self, DownCommand.self, CompletionCommand.self,
                    VersionCommand.self, HelpTopicCommand.self, SuperviseCommand.self, BenchWorkerCommand.self,
                ]),
        ])

    /// Creates the command; the parser does.
    package init() {}

    /// Runs the command line of this process and ends it.
    package static func launch() async -> Never {
        StandardStreams.occupy()
        // A reader that goes away is seen as an error of the write, which ends a list but not half a bulk change.
        signal(SIGPIPE, SIG_IGN)
        end(await CommandRunner.run(.process))
    }
}

/// Ends the process; inside the command `exit` is the parser's.
private func end(_ status: CommandStatus) -> Never { exit(status.rawValue) }
