// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Runs one attempt of a function, with or without a queue.
package struct FunctionRunner: Sendable {
    private let parentEnvironment: [String: String]

    /// Creates a runner that lets functions see the allowed part of this environment.
    package init(parentEnvironment: [String: String] = ProcessInfo.processInfo.environment) {
        self.parentEnvironment = parentEnvironment
    }

    /// Runs the function to its end and returns how it ended.
    ///
    /// A run over its timeout, or over the environment's deadline, and one whose task is cancelled get SIGTERM to the
    /// process group, and SIGKILL after the grace period. When the leader ends, however it does, the rest of the group
    /// is killed; a process that left the group (`setsid`) is not. Both callbacks are called on the thread that serves
    /// all functions and must not block.
    ///
    /// - Parameters:
    ///   - onLog: Takes the lines of standard error, at most 8 KiB each; of a flood the newest, with a line that says
    ///     how many are left out.
    ///   - onControl: Takes the progress and notes of control lines.
    /// - Throws: ``FunctionError`` if the function could not be run, `CancellationError` once a cancelled one is gone.
    package func run(
        _ definition: FunctionDefinition, payload: [UInt8], environment: FunctionEnvironment,
        onLog: @escaping @Sendable (String) -> Void = { _ in },
        onControl: @escaping @Sendable (ControlLine) -> Void = { _ in }
    ) async throws -> FunctionResult {
        let program = try program(for: definition, environment)
        let left = environment.deadline.map { Duration.seconds(max($0.timeIntervalSinceNow, 0)) }
        let timeout = [definition.timeout, left].compactMap { $0 }.min()
        let loop = try ProcessLoop.shared()
        let ticket = RunTicket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.start(
                    RunRequest(
                        ticket: ticket, program: program, payload: payload, timeout: timeout,
                        gracePeriod: definition.gracePeriod, resultBound: definition.resultBound,
                        logBound: definition.logBound ?? 64 * 1024, onLog: onLog, onControl: onControl,
                        completion: { continuation.resume(with: $0) }))
            }
        } onCancel: {
            loop.cancel(ticket)
        }
    }

    /// Says why the function's command cannot be executed, or returns `nil`.
    package func problem(with definition: FunctionDefinition) -> FunctionError? {
        // Any name does: only arguments may depend on it, not the program.
        let environment = FunctionEnvironment(id: "", name: "x", idempotencyKey: "")
        do {
            _ = try program(for: definition, environment)
            return nil
        } catch {
            return error
        }
    }

    private func program(
        for definition: FunctionDefinition, _ environment: FunctionEnvironment
    ) throws(FunctionError) -> Program {
        let arguments = try definition.arguments(for: environment.name)
        let variables = environment.variables(for: definition, parent: parentEnvironment)
        let lookup = ProgramLookup(directory: definition.directory, searchPath: variables["PATH"])
        return Program(
            path: try lookup.find(arguments.first ?? ""), arguments: arguments,
            environment: variables.map { "\($0)=\($1)" }.sorted(), directory: definition.directory,
            limits: definition.limits)
    }
}
