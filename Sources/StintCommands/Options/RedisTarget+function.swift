// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import StintFunctions

extension RedisTarget {
    /// Refuses, inside a function, a private Redis that its worker did not name: jobs would go where nobody works.
    ///
    /// A worker on a private Redis passes its folder on; one on any other passes nothing unless it is told to.
    static func refuseStranger(_ configuration: Configuration, in invocation: Invocation) throws {
        guard let id = invocation.environment["STINT_JOB_ID"], !id.isEmpty else { return }
        switch configuration[.data].source {
        case .flag, .environment: return
        case .file, .builtIn: break
        }
        throw CommandFailure(
            .invalidConfiguration,
            "this is inside the function of job '\(id)', and nothing here says which Redis its worker uses",
            hints: [
                .init("Let the function have its address, in stint.yaml:", "pass_env: [STINT_REDIS_URL]"),
                .init("Where the worker reads it from a file:", "pass_env: [STINT_REDIS_URL_FILE]"),
                // Not the command as it was typed: this becomes the job's error, and a line of the worker's log.
                .init("A private Redis is meant?", "export STINT_DATA=FOLDER"),
            ])
    }
}
