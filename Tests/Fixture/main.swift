// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintTesting

/// A worker or a producer in a process of its own, for tests that kill, stop and signal it.
///
/// `stint-fixture work|produce --redis URL [--option value …]`; ends by itself when its stdin is closed, so that it
/// does not outlive the test that started it.
func runFixture() async -> Int32 {
    var words = Array(CommandLine.arguments.dropFirst())
    let command = words.isEmpty ? "" : words.removeFirst()
    do {
        let arguments = try FixtureArguments(words)
        endWithStandardInput()
        switch command {
        case "work": return try await WorkFixture(arguments).run()
        case "produce": return try await ProduceFixture(arguments).run()
        default: throw FixtureArguments.Failure("usage: stint-fixture work|produce --redis URL …")
        }
    } catch {
        FileHandle.standardError.write(Data("stint-fixture: \(error)\n".utf8))
        return 1
    }
}

exit(await runFixture())
