// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension AcceptanceTests {
    /// What the pages and examples say is what happens.
    @Suite struct DocumentationTests {
        /// The folder of the package.
        private static var root: URL {
            URL(fileURLWithPath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        }

        @Test("Every command of the page on the command line does what the page says")
        func commandLinePage() async throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.currentDirectoryURL = Self.root
            process.arguments = ["python3", "scripts/lib/run-examples.py", try Products.path("stint"), "docs/cli.md"]
            process.standardInput = FileHandle.nullDevice
            let errors = Pipe()
            process.standardError = errors
            try process.run()
            // Ends when the script has: it bounds each command, and ends what it started.
            let report = try errors.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(String(bytes: report, encoding: .utf8) ?? "")")
        }

        @Test("The example of a Swift worker runs its jobs and drains when it is told to end")
        func swiftWorker() async throws {
            try await Stage.with { stage in
                let worker = try stage.start("stint-example-worker", [])
                try await eventually("all receipts are sent") {
                    try await stage.counter("completed", queue: "mail") == 21
                }
                worker.signal(SIGTERM)
                #expect(try await worker.wait() == .status(0))
            }
        }
    }
}
