// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import StintFunctions
import StintTerminal

/// The command `stint init [DIR]`.
struct InitCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a stint.yaml and functions to begin with; never overwrites.",
        discussion: "Examples:\n  stint init\n  stint init shop --example mail")

    @Argument(help: "The folder; made if it does not exist (default: this one).") var folder = "."
    @Option(help: "hello, mail or etl.", transform: InitCommand.example) var example: ProjectExample = .hello
    @Flag(help: "Print one JSON object for each file.") var json = false
    @OptionGroup var talk: TalkOptions

    func perform(on console: Console) async throws {
        let invocation = Invocation.current
        let root = folder == "." ? invocation.directory : invocation.path(folder)
        let files = example.files
        // All are looked at first: either everything is written or nothing.
        for file in files where FileManager.default.fileExists(atPath: root + "/" + file.path) {
            throw CommandFailure(
                .refusedByState, "\(folder)/\(file.path) exists; nothing was written",
                hints: [.init("Use another folder:", "stint init NAME --example \(example.rawValue)")])
        }
        do {
            for file in files {
                let path = root + "/" + file.path
                try FileManager.default.createDirectory(
                    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
                if file.isExecutable {
                    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
                }
                let shown = folder == "." ? file.path : "\(folder)/\(file.path)"
                if json {
                    console.document(.object([.init("file", .string(shown)), .init("done", .bool(true))]))
                } else {
                    console.data(Sanitizer.visible(shown))
                }
            }
        } catch {
            throw CommandFailure(.failed, "cannot write into \(root): \(error.localizedDescription)")
        }
        console.done("wrote the example '\(example.rawValue)'")
        let enter = folder == "." ? "" : "cd \(folder) && "
        console.hint("try the function:   \(enter)stint run \(example.sampleJob)")
        console.hint("start everything:   \(enter)stint up")
        console.hint("then, elsewhere:    \(enter)stint enqueue \(example.sampleJob) --wait")
    }

    private static func example(_ name: String) throws -> ProjectExample {
        guard let example = ProjectExample(rawValue: name) else {
            let names = ProjectExample.allCases.map(\.rawValue)
            let hint = NearMiss.hint(name, among: names)
            throw ValidationError("'\(name)' is no example; there are \(names.joined(separator: ", "))\(hint)")
        }
        return example
    }
}
