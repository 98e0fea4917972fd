// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
package import Stint
import Synchronization

/// The handlers of a worker that runs functions.
package struct FunctionHandlers: Sendable {
    /// One raw handler for each function.
    package let handles: [Handle]

    /// Makes handlers for these functions.
    ///
    /// - Parameters:
    ///   - logBound: The bytes of a log that may pass at once, for functions that do not say.
    package init(_ functions: [FunctionDefinition], runner: FunctionRunner = .init(), logBound: Int = 64 * 1024) {
        handles = functions.map { function in
            var function = function
            function.logBound = function.logBound ?? logBound
            let definition = function
            return Handle(raw: definition.pattern.description, limit: definition.slots) { payload, context in
                try await Self.run(definition, payload, context, runner)
            }
        }
    }

    /// Makes handlers for all functions of a configuration.
    package init(_ configuration: Configuration, runner: FunctionRunner = .init()) {
        self.init(configuration.functions, runner: runner, logBound: configuration.logBound)
    }

    private static func run(
        _ definition: FunctionDefinition, _ payload: [UInt8], _ context: JobContext, _ runner: FunctionRunner
    ) async throws -> JobOutcome {
        let progress = LatestProgress()
        do {
            let result = try await runner.run(
                definition, payload: payload, environment: FunctionEnvironment(context),
                onLog: { context.log($0) },
                onControl: { line in
                    let fraction = progress.update(line.progress)
                    context.setProgress(fraction, note: line.note)
                })
            if result.isTruncated {
                context.log("[stint: the oldest \(result.outputDropped) bytes of the result were dropped]")
            }
            return FunctionOutcome.outcome(of: result, for: definition)
        } catch let error as FunctionError {
            context.logger.warning("Function could not be run", metadata: ["error": "\(error)"])
            return FunctionOutcome.outcome(of: error)
        }
    }
}

/// The last progress of a run: a note without a number goes with it.
private final class LatestProgress: Sendable {
    private let latest = Mutex(0.0)

    func update(_ progress: Double?) -> Double {
        latest.withLock { latest in
            latest = progress ?? latest
            return latest
        }
    }
}

extension FunctionEnvironment {
    init(_ context: JobContext) {
        self.init(
            id: context.id.description, name: context.name, queue: context.queue, attempt: context.attempt,
            maxAttempts: context.maxAttempts, deadline: context.deadline, fence: context.fence, node: context.node,
            idempotencyKey: context.idempotencyKey)
    }
}
