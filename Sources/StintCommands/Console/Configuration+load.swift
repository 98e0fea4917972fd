// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintFunctions

extension Configuration {
    /// Reads the configuration that holds for an invocation.
    ///
    /// - Throws: A failure with status 78 and one line for each problem.
    package static func load(_ flags: [SettingKey: String], in invocation: Invocation) throws -> Configuration {
        do {
            return try load(flags: flags, environment: invocation.environment, from: invocation.directory)
        } catch {
            throw CommandFailure(
                .invalidConfiguration,
                error.problems.count == 1
                    ? "the configuration is invalid" : "\(error.problems.count) problems in the configuration",
                details: error.problems.map(\.description),
                hints: [.init("Check it again:", "stint config check")])
        }
    }
}
