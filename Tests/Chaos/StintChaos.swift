// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Breaks everything around Stint that can be broken, and judges from what was written down whether it kept its word.
@main
struct StintChaos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stint-chaos", abstract: "Break what can be broken, and check every promise.",
        subcommands: [RunCommand.self, CheckCommand.self, WorkCommand.self, ProduceCommand.self],
        defaultSubcommand: RunCommand.self)
}
