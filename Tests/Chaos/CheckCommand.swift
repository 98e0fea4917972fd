// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Judges a run again from the files that it left.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Judge a run again from its histories.")

    @Argument(help: "The folder of the run.") var folder: String

    func run() async throws {
        let report = Report(Checker(try History(folder: folder)), folder: folder)
        print(report.table)
        if !report.isClean { throw ExitCode(1) }
    }
}
