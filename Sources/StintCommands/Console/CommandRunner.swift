// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Stint
import StintFunctions
import StintTerminal

/// Parses a command line, runs the command, prints its failure and says the exit code.
package enum CommandRunner {
    /// Runs one command line.
    ///
    /// - Parameter invocation: Its `arguments` are the words; a test gives its own streams, clock and environment.
    package static func run(_ invocation: Invocation, root: any ParsableCommand.Type = StintCommand.self) async
        -> CommandStatus
    {
        let invocation = invocation.inConfiguredZone()
        return await Invocation.$current.withValue(invocation) {
            do {
                try await execute(invocation.arguments, root: root)
                return .ok
            } catch {
                return report(error, invocation, root: root)
            }
        }
    }

    private static func execute(_ words: [String], root: any ParsableCommand.Type) async throws {
        let words = CommandWords.moved(words, root: root)
        let (names, parent, unknown) = CommandWords.path(words, root: root)
        if let unknown { throw CommandWords.unknown(unknown, after: names, in: parent) }
        if words.first == "---completion", let root = root as? any AsyncParsableCommand.Type {
            // What completes names asks Redis, for which a task must wait.
            _ = try await root.asyncParseAsRoot(words)
        }
        var command = try root.parseAsRoot(words)
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }

    private static func report(
        _ error: any Error, _ invocation: Invocation, root: any ParsableCommand.Type
    ) -> CommandStatus {
        let words = CommandWords.moved(invocation.arguments, root: root)
        let console = invocation.console(noColor: words.contains("--no-color"), ascii: words.contains("--ascii"))
        let failure: CommandFailure
        switch error {
        case let error as CommandFailure: failure = error
        case let error as StintError: failure = CommandFailure(error)
        case is CancellationError: failure = .silent(.interrupted)
        case let code as ExitCode: failure = .silent(CommandStatus(rawValue: code.rawValue) ?? .failed)
        default:
            if root.exitCode(for: error) == .success {
                // Help and completion scripts arrive as errors of the parser.
                console.page(root.fullMessage(for: error, columns: console.output.columns.map { min($0, 120) }))
                return .ok
            }
            guard root.exitCode(for: error) == .validationFailure else {
                failure = CommandFailure(.failed, "\(error)")
                break
            }
            failure = usageFailure(error, words, root: root)
        }
        let path = CommandWords.path(words, root: root).names
        let whole = completed(failure, path, invocation)
        if ["up", "work"].contains(path.first), WorkerLogOptions.asksForJSON(words) {
            if !whole.summary.isEmpty { console.log("error", whole.summary, whole.facts) }
        } else {
            console.report(whole.lines(style: console.errors.style))
        }
        return failure.status
    }

    /// A failure that suggests nothing yet, with what to type in general for its exit code.
    private static func completed(
        _ failure: CommandFailure, _ path: [String], _ invocation: Invocation
    ) -> CommandFailure {
        guard failure.hints.isEmpty, !failure.summary.contains("Did you mean") else { return failure }
        var failure = failure
        switch failure.status {
        case .usage: failure.hints = [usageHint(path)]
        case .tryAgain: failure.hints = [.init("Try again:", invocation.retyped())]
        case .bug: failure.hints = [.init("Report it, with the output of:", "stint version --json")]
        default: break
        }
        return failure
    }

    /// The parser's `Unknown option '--foo'. Did you mean '--in'?` without a guess that resembles nothing.
    private static func withoutFarGuess(_ summary: String) -> String {
        let parts = summary.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[2] == ". Did you mean ", summary.hasPrefix("Unknown option") else {
            return summary
        }
        // Two hyphens are no resemblance.
        let words = [parts[1], parts[3]].map { String($0.drop { $0 == "-" }) }
        return NearMiss.find(words[0], among: [words[1]]) == nil ? "Unknown option '\(parts[1])'" : summary
    }

    private static func usageHint(_ path: [String]) -> CommandFailure.Hint {
        .init("All options and examples:", (["stint"] + path + ["--help"]).joined(separator: " "))
    }

    /// The parser's message in the form of all others, with the usage and where to read on.
    private static func usageFailure(
        _ error: any Error, _ words: [String], root: any ParsableCommand.Type
    ) -> CommandFailure {
        var lines = root.message(for: error).split(separator: "\n").map(String.init)
        var summary = lines.isEmpty ? "the command line is wrong" : lines.removeFirst()
        summary = withoutFarGuess(summary)
        if summary.hasSuffix(".") { summary.removeLast() }
        if let first = summary.first, first.isUppercase, summary.dropFirst().first?.isLowercase == true {
            summary = first.lowercased() + summary.dropFirst()
        }
        let names = CommandWords.path(words, root: root).names
        return CommandFailure(
            .usage, summary, details: lines.map { $0.trimmingSpaces() },
            hints: [usageHint(names)])
    }
}
