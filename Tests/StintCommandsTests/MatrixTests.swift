// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Stint
import StintCommands
import Testing

/// Every command with `--json`, and its exit code.
@Suite struct MatrixTests {
    /// A command line, its exit code and how many JSON values it prints, where that is certain.
    private static let lines: [(line: String, status: CommandStatus, count: Int?)] = [
        ("enqueue hello {} --id m1 --json", .ok, 1), ("enqueue hello {} --id m1 --json", .ok, 1),
        ("enqueue hello {} --key k --json", .ok, 1), ("enqueue hello {} --key k --json", .refusedByState, 0),
        ("enqueue hello --count 3 --json", .ok, 3), ("enqueue hello { --json", .usage, 0),
        ("enqueue hello --in 1h --wait --wait-timeout 1ms --json", .timedOut, 0),
        ("enqueue --bulk jobs.ndjson --json", .ok, 1), ("enqueue --bulk jobs.ndjson -n --json", .ok, 1),
        ("enqueue --bulk bad.ndjson --json", .usage, 1),
        ("enqueue --bulk bad.ndjson --on-error skip --json", .partlyDone, 1),
        ("run hello {} --json", .ok, 1), ("run fail --json", .failed, 1), ("run nobody --json", .notFound, 0),
        ("run --job m1 --json", .ok, 1),
        ("queue ls --json", .ok, nil), ("queue show default --json", .ok, 1),
        ("queue show nobody --json", .notFound, 0),
        ("queue pause default --json", .ok, 1), ("queue pause --all --json", .notConfirmed, 0),
        ("queue resume default --json", .ok, 1), ("queue limit default 90000 --json", .ok, 1),
        ("queue drain default --timeout 1ms --json", .timedOut, 1), ("queue clear default -n --json", .ok, 1),
        ("queue clear default --json", .notConfirmed, 0),
        ("job ls --json", .ok, nil), ("job show m1 --json", .ok, 1), ("job show nobody --json", .notFound, 0),
        ("job logs m1 --json", .ok, 0), ("job promote m1 --json", .refusedByState, 1),
        ("job retry m1 nobody --json", .partlyDone, 2), ("job cancel nobody --json", .notFound, 1),
        ("job cancel m1 --json", .ok, 1), ("job rm --state delayed --json", .notConfirmed, 0),
        ("job rm --state delayed --yes --json", .ok, 1),
        ("work --once --json", .ok, 0), ("work --drain --json", .ok, 0), ("work --json --log text", .usage, 0),
        ("dead ls --json", .ok, nil), ("dead retry --all -n --json", .ok, nil),
        ("dead retry nobody --json", .notFound, 1),
        ("dead purge --all --json", .notConfirmed, 0), ("dead purge --all --confirm stint --json", .ok, 1),
        ("worker ls --json", .ok, nil), ("worker show nobody --json", .notFound, 0),
        ("stats --json", .ok, 1), ("stats --queue nobody --json", .notFound, 0),
        ("doctor --json", .ok, nil), ("doctor --queue default --json", .ok, nil),
        ("doctor --queue nobody --json", .notFound, 0),
        ("doctor --yes --json", .usage, 0),
        // It starts workers as processes: BenchTests runs it as one.
        ("bench --jobs 0 --json", .usage, 0),
        ("init new --json", .ok, 2), ("init new --json", .refusedByState, 0),
        ("keys new --file k --id a --json", Self.keys, nil), ("keys ls --file k --json", Self.keys, nil),
        ("keys use a --file k --json", Self.keys, nil), ("keys ls --json", .invalidConfiguration, 0),
        ("config show --json", .ok, nil), ("config check --json", .ok, 0), ("config path --json", .ok, 1),
        ("config acl --json", .ok, 4), ("config acl --role admin --json", .usage, 0),
        ("down --json", .ok, 1), ("version --json", .ok, 1),
        ("completion bash --json", .usage, 0), ("completion tcsh", .usage, 0), ("help nobody", .usage, 0),
    ]

    /// Without the package trait there are no keys.
    private static var keys: CommandStatus {
        #if Encryption
        .ok
        #else
        .invalidConfiguration
        #endif
    }

    /// What prints no data, or a text that is not data.
    private static let withoutJSON: Set<String> = ["completion", "help"]

    @Test("Every command prints JSON with --json and ends with the code that belongs to it")
    func matrix() async throws {
        try await withWorkshop { stint async throws in
            try stint.write(
                "jobs.ndjson", #"{"name":"hello","payload":{"name":"a"}}"# + "\n" + #"{"name":"fail"}"# + "\n")
            try stint.write("bad.ndjson", "no JSON\n" + #"{"name":"hello"}"# + "\n")
            for (line, status, count) in Self.lines {
                let words = line.split(separator: " ").map(String.init)
                let run = await CommandRun.stint(
                    words, environment: stint.environment, directory: stint.folder)
                #expect(run.status == status, "\(line): \(run.errors)")
                if let count { #expect(run.lines.count == count, "\(line): \(run.output)") }
                try Self.checkJSON(run.output, line)
                let isTold = [.ok, .partlyDone].contains(status) || run.errors.contains("error")
                #expect(isTold, "\(line): \(run.errors)")
            }
        }
    }

    @Test("Every command takes --json, and the matrix has it")
    func complete() async {
        var pending: [(path: [String], command: any ParsableCommand.Type)] = [([], StintCommand.self)]
        while let (path, command) = pending.popLast() {
            let children = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            pending += children.map { (path + [$0._commandName], $0) }
            guard children.isEmpty, let first = path.first else { continue }
            let name = path.joined(separator: " ")
            let help = await CommandRun.stint(path + ["--help"]).output
            #expect(help.contains("--json") != Self.withoutJSON.contains(first), "\(name)")
            // What runs until it is told to end has a test of its own.
            guard first != "up" else { continue }
            #expect(Self.lines.contains { $0.line.hasPrefix(name + " ") }, "\(name)")
        }
    }

    /// Asks jq, which is no parser of ours.
    private static func checkJSON(_ text: String, _ line: String) throws {
        guard !text.isEmpty else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["jq", "-e", "type == \"object\""]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let answer = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(line): \(text)")
        #expect(answer.split(separator: "\n").allSatisfy { $0 == "true" }, "\(line): \(text)")
    }
}
