// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import StintCommands
import Testing

/// What a command said and how it ended, when it was run in process.
struct CommandRun {
    var status: CommandStatus
    var output: String
    var errors: String

    /// Lines of stdout.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }

    /// Runs a command line with an environment, streams and a clock of its own.
    ///
    /// - Parameter terminal: Columns of the terminal that stdout and stderr seem to be; `nil` for pipes.
    static func stint(
        _ words: [String], terminal: Int? = nil, errorTerminal: Int? = nil, environment: [String: String] = [:],
        input: String = "", canAsk: Bool = false, directory: String = "/nonexistent", sink: MemorySink = MemorySink(),
        root: any ParsableCommand.Type = StintCommand.self
    ) async -> CommandRun {
        let errors = MemorySink()
        var invocation = Invocation.process
        invocation.environment = environment
        invocation.directory = directory
        invocation.executable = "/nonexistent/stint"
        invocation.arguments = words
        invocation.terminalName = "test"
        invocation.output = .init(isTerminal: terminal != nil, columns: terminal)
        invocation.errors = .init(isTerminal: (errorTerminal ?? terminal) != nil, columns: errorTerminal ?? terminal)
        invocation.measureOutput = nil
        invocation.canAsk = canAsk
        invocation.outputSink = sink
        invocation.errorSink = errors
        invocation.readInput = { InputLines(bytes: Array(input.utf8)) }
        invocation.now = { 1_795_328_407_113 }
        invocation.pause = { _ in }
        invocation.timeZone = TimeZone(identifier: "Asia/Shanghai") ?? .gmt
        let status = await CommandRunner.run(invocation, root: root)
        return CommandRun(status: status, output: sink.text, errors: errors.text)
    }
}

/// A folder of its own for one test, removed afterwards.
extension CommandRun {
    /// The lines of stderr, each a JSON object.
    func objects() throws -> [[String: Any]] {
        try errors.split(separator: "\n").map { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: Any], "\(line)")
        }
    }
}

func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.path + "/stint-commands-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
