// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintFunctions
import StintTerminal

/// Runs one function for a person who watches.
struct FunctionRun: Sendable {
    let function: FunctionDefinition
    let runner: FunctionRunner
    let console: Console
    let logBound: Int

    /// Runs it to its end.
    ///
    /// - Parameter name: The job's name, if the outcome is printed as JSON instead of the result.
    /// - Throws: A failure with status 1 if its job would not be done, `CancellationError` if the task was cancelled.
    func perform(_ payload: [UInt8], _ environment: FunctionEnvironment, name: String? = nil) async throws {
        var function = function
        // Nobody else's memory is at stake here: all of a long log may pass.
        function.logBound = max(function.logBound ?? logBound, 64 << 20)
        let result: FunctionResult
        do {
            result = try await runner.run(
                function, payload: payload, environment: environment,
                onLog: { [console] in console.report([Self.line($0, on: console)]) },
                onControl: { [console] in Self.show($0, on: console) })
        } catch let error as FunctionError {
            throw FunctionSet.failure(function, error)
        }
        console.endStatus()
        let outcome = FunctionOutcome.outcome(of: result, for: function)
        if let name {
            console.document(Self.document(outcome, result, name))
        } else {
            console.result(result.output)
        }
        if result.isTruncated {
            console.warn("the oldest \(NumberText.bytes(result.outputDropped)) of the result were dropped (result_max)")
        }
        if console.verbosity > 0 {
            console.talk(
                "ran \(TimeText.length(result.duration)), \(TimeText.length(result.processorTime)) on the processor, "
                    + "at most \(NumberText.bytes(result.maximumResidentBytes)) of memory")
        }
        try judge(outcome)
    }

    private func judge(_ outcome: JobOutcome) throws {
        switch outcome {
        case .completed: return
        case .retry(let delay, let reason):
            let after = delay.map { " after \(TimeText.length($0))" } ?? ""
            throw CommandFailure(.failed, "\(reason)   (a job would be retried\(after))")
        case .dead(let reason): throw CommandFailure(.failed, "\(reason)   (a job would be dead)")
        case .crashed(let reason): throw CommandFailure(.failed, "\(reason)   (a job would be retried as crashed)")
        case .snooze(let time):
            throw CommandFailure(
                .failed, "it asked to be run again in \(TimeText.length(time)), the attempt not counted")
        }
    }

    /// What `--json` prints.
    private static func document(_ outcome: JobOutcome, _ result: FunctionResult, _ name: String) -> JSONValue {
        let (state, reason): (String, String?) =
            switch outcome {
            case .completed: ("completed", nil)
            case .retry(_, let reason): ("retry", reason)
            case .dead(let reason): ("dead", reason)
            case .crashed(let reason): ("crashed", reason)
            case .snooze: ("snooze", nil)
            }
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("outcome", .string(state)), .init("done", .bool(state == "completed")),
            .init("reason", reason.map { .string($0) } ?? .null), .init("ran_s", Field.length(result.duration).json),
        ]
        members += JSONValue.members("result", bytes: result.output.isEmpty ? Array("null".utf8) : result.output)
        return .object(members)
    }

    private static func line(_ text: String, on console: Console) -> String {
        console.errors.isTerminal ? Sanitizer.visible(text) : text
    }

    private static func show(_ control: ControlLine, on console: Console) {
        guard console.errors.canRepaint else { return }
        let note = control.note.map { "  " + Sanitizer.visible($0) } ?? ""
        guard let progress = control.progress else { return console.status(note) }
        let bar = ProgressBar(width: 30).text(progress, style: console.errors.style)
        console.status("\(bar) \(NumberText.percent(progress))\(note)")
    }
}
