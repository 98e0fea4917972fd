// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Logging
package import Stint
import StintTerminal

/// Logs how every attempt ended.
package struct JobLogMiddleware: JobMiddleware {
    /// Creates the middleware.
    package init() {}

    /// Runs the attempt and logs its end.
    ///
    /// Failures are logged by the worker itself.
    package func handle(_ payload: [UInt8], context: JobContext, next: Handle.Body) async throws -> JobOutcome {
        let start = ContinuousClock.now
        let outcome = try await next(payload, context)
        let time = Logger.MetadataValue.string(TimeText.length(ContinuousClock.now - start))
        switch outcome {
        case .completed: context.logger.info("Job completed", metadata: ["job.duration": time])
        case .snooze(let delay):
            context.logger.info(
                "Job snoozed", metadata: ["job.duration": time, "job.snooze": "\(TimeText.length(delay))"])
        case .retry, .dead, .crashed: break
        }
        return outcome
    }
}
