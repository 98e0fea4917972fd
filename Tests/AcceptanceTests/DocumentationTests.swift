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
        func commandLinePage() throws {
            let run = try Self.run("python3", "scripts/lib/run-examples.py", try Products.path("stint"), "docs/cli.md")
            #expect(run.status == 0, "\(run.errors)")
        }

        @Test(
            "The functions of the examples run",
            arguments: [
                ("functions", "words.count", #"{"text": "to be or not to be"}"#),
                ("functions", "report.build", #"{"pages": 1}"#),
                ("functions", "disk.free", #"{"path": "/"}"#),
                ("functions", "hello", "{}"),
                ("licences", "hello", #""world""#),
            ])
        func exampleFunctions(folder: String, name: String, payload: String) throws {
            let run = try Self.run(try Products.path("stint"), "run", name, payload, folder: "Examples/\(folder)")
            #expect(run.status == 0, "\(run.errors)")
        }

        /// Runs a command to its end, which its own bounds bring about.
        private static func run(_ words: String..., folder: String = ".") throws -> (status: Int32, errors: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.currentDirectoryURL = root.appendingPathComponent(folder)
            process.arguments = words
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            let errors = Pipe()
            process.standardError = errors
            try process.run()
            let report = try errors.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(bytes: report, encoding: .utf8) ?? "")
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
