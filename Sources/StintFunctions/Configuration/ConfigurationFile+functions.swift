// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import Yams

extension ConfigurationFile {
    private static let functionKeys = NodeReader.Keys(
        known: [
            "run", "sh", "queue", "attempts", "backoff", "timeout", "grace", "keep", "slots", "memory", "cpu_time",
            "files", "file_size", "processes", "env", "pass_env", "exit", "snooze", "result_max", "log_max", "cwd",
        ],
        later: ["cpu", "rate", "concurrency", "schedule", "resources", "labels", "priority"],
        hints: ["cpu": "time on the processor is limited by cpu_time: 60s"])

    /// Reads `functions:`; those with errors are reported and left out.
    func readFunctions(_ entry: NodeReader.Entry, _ reader: inout NodeReader) -> [FunctionDefinition] {
        var functions: [FunctionDefinition] = []
        for entry in reader.entries(entry.value, "functions") {
            reader.function = entry.key
            let before = reader.problems.count
            let function = readFunction(entry, &reader)
            if let function, reader.problems.count == before { functions.append(function) }
        }
        reader.function = nil
        return functions
    }

    private func readFunction(_ entry: NodeReader.Entry, _ reader: inout NodeReader) -> FunctionDefinition? {
        let pattern: NamePattern
        do {
            try NameRule.checkJobName(entry.key)
            pattern = try NamePattern(entry.key)
        } catch {
            reader.report("function '\(entry.key)': \(error)", line: entry.line)
            return nil
        }
        let name = "functions.\(entry.key)"
        let entries = reader.entries(entry.value, name, keys: Self.functionKeys)
        guard let command = readCommand(entries, pattern, name, entry.line, &reader) else { return nil }
        var function = FunctionDefinition(pattern, command, directory: directory, path: path, line: entry.line)
        for entry in entries { read(entry, into: &function, &reader) }
        return function
    }

    private func readCommand(
        _ entries: [NodeReader.Entry], _ pattern: NamePattern, _ name: String, _ line: Int,
        _ reader: inout NodeReader
    ) -> FunctionDefinition.Command? {
        let commands = entries.filter { $0.key == "run" || $0.key == "sh" }
        guard let entry = commands.first, commands.count == 1 else {
            let message = commands.isEmpty ? "\(name) has no command: add run or sh" : "\(name) has both run and sh"
            reader.report(message, line: line)
            return nil
        }
        let line = entry.value.line ?? entry.line
        if entry.key == "sh" {
            // ${NAME} belongs to the shell here.
            guard let script = reader.literal(entry) else { return nil }
            if script.isEmpty { reader.report("'sh' in \(name) is empty", line: line) }
            return .shell(script)
        }
        let arguments: [String]
        if let sequence = entry.value.sequence {
            arguments = sequence.compactMap { $0.scalar?.string }
            if arguments.count != sequence.count { reader.report("'run' must be a list of texts", line: line) }
        } else {
            guard let text = reader.literal(entry) else { return nil }
            do {
                arguments = try CommandText.split(text)
            } catch {
                reader.report("\(error)", line: line)
                return nil
            }
        }
        // After the split, so that a value with a space in it stays one argument.
        let finished = arguments.compactMap { reader.interpolated($0, line: line) }
        if finished.first?.isEmpty ?? true, finished.count == arguments.count {
            reader.report("'run' in \(name) is empty", line: line)
        }
        if pattern.isPrefix, arguments.first == "{name}" || arguments.contains(where: Self.embedsName) {
            reader.report(
                "{name} can only be a whole argument, and not the command: read $STINT_JOB_NAME instead", line: line)
        }
        return .arguments(finished)
    }

    private static func embedsName(_ argument: String) -> Bool { argument != "{name}" && argument.contains("{name}") }

    private func read(
        _ entry: NodeReader.Entry, into function: inout FunctionDefinition, _ reader: inout NodeReader
    ) {
        switch entry.key {
        case "queue":
            function.queue = reader.value(entry) { text throws(ParseFailure) in
                try NameRule.check(text, "queue")
                return text
            }
        case "attempts": function.attempts = reader.value(entry, AttemptCount.init)
        case "backoff": function.backoff = reader.value(entry, BackoffText.parse)
        case "timeout": function.timeout = reader.value(entry, Self.positiveDuration)
        case "grace": function.gracePeriod = reader.value(entry, DurationText.parse) ?? function.gracePeriod
        case "keep": function.keep = reader.value(entry, DurationText.parse)
        case "slots": function.slots = reader.integer(entry, 1...100_000)
        case "memory": function.limits.memory = reader.value(entry, SizeText.parse)
        case "cpu_time": function.limits.cpuTime = reader.value(entry, Self.positiveDuration)
        case "files": function.limits.openFiles = reader.integer(entry, 8...1_000_000)
        case "file_size": function.limits.fileSize = reader.value(entry, SizeText.parse)
        case "processes": function.limits.processes = reader.integer(entry, 1...4_000_000)
        case "env": function.environment = readEnvironment(entry, &reader)
        case "pass_env": function.passedEnvironment = readPassed(entry, &reader)
        case "exit": readExits(entry, &function.exits, &reader)
        case "snooze": function.snooze = reader.value(entry, Self.positiveDuration) ?? function.snooze
        case "result_max": function.resultBound = reader.value(entry, SizeText.parse) ?? function.resultBound
        case "log_max": function.logBound = reader.value(entry, SizeText.parse)
        case "cwd":
            guard let text = reader.text(entry) else { return }
            function.directory = text.hasPrefix("/") ? text : "\(directory)/\(text)"
        default: break
        }
    }

    private static func positiveDuration(_ text: String) throws(ParseFailure) -> Duration {
        let duration = try DurationText.parse(text)
        guard duration > .zero else { throw ParseFailure("it must be above 0") }
        return duration
    }

    private func readEnvironment(_ entry: NodeReader.Entry, _ reader: inout NodeReader) -> [String: String] {
        var variables: [String: String] = [:]
        for entry in reader.entries(entry.value, "env") {
            if entry.key.isEmpty || entry.key.contains("=") {
                reader.report("'\(entry.key)' is not the name of an environment variable", line: entry.line)
            }
            variables[entry.key] = entry.value.isAbsent ? "" : reader.text(entry)
        }
        return variables
    }

    private func readPassed(_ entry: NodeReader.Entry, _ reader: inout NodeReader) -> [String] {
        guard let sequence = entry.value.sequence else {
            reader.report("'pass_env' must be a list of names", line: entry.value.line ?? entry.line)
            return []
        }
        return sequence.compactMap { $0.scalar?.string }
    }

    private func readExits(_ entry: NodeReader.Entry, _ exits: inout ExitMap, _ reader: inout NodeReader) {
        var seen: Set<Int> = []
        let keys = NodeReader.Keys(known: ExitMap.Meaning.allCases.map(\.rawValue))
        for entry in reader.entries(entry.value, "exit", keys: keys) {
            guard let meaning = ExitMap.Meaning(rawValue: entry.key) else { continue }
            let nodes = entry.value.sequence.map(Array.init) ?? [entry.value]
            let codes = nodes.compactMap { $0.scalar.flatMap { Int($0.string) } }
            let line = entry.value.line ?? entry.line
            guard codes.count == nodes.count, codes.allSatisfy((0...255).contains) else {
                reader.report("'\(entry.key)' in exit must be a list of exit codes, 0 to 255", line: line)
                continue
            }
            for code in codes where !seen.insert(code).inserted {
                reader.report("exit code \(code) has two meanings", line: line)
            }
            if meaning != .done, codes.contains(0) { reader.report("exit code 0 always means done", line: line) }
            exits.set(meaning, to: codes)
        }
    }
}
