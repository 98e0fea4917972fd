// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import Stint
package import StintFunctions

/// Combines what the caller says of a job with what stint.yaml says of its name.
///
/// Keeps what it looked up: names repeat.
package struct JobPlan: Sendable {
    private let configuration: Configuration
    private let attempts: AttemptCount?
    private let backoff: RetryPolicy.Backoff?
    private var defaults: [String: JobOptions] = [:]

    /// Uses a configuration and, stronger than it, attempts and back-off of the command line.
    package init(_ configuration: Configuration, attempts: AttemptCount? = nil, backoff: RetryPolicy.Backoff? = nil) {
        self.configuration = configuration
        self.attempts = attempts
        self.backoff = backoff
    }

    /// Returns the options with every gap filled.
    package mutating func filled(
        _ options: JobOptions, name: String, attempts own: AttemptCount? = nil,
        backoff ownBackoff: RetryPolicy.Backoff? = nil
    ) -> JobOptions {
        var known = defaults[name] ?? configuration.options(for: name)
        defaults[name] = known
        if let attempts = own ?? attempts { known.retry?.attempts = attempts.count }
        if let backoff = ownBackoff ?? backoff { known.retry?.backoff = backoff }
        return options.filled(from: known)
    }

    /// Whether a project has functions and none of them runs jobs of this name.
    package func hasNoFunction(for name: String) -> Bool {
        !configuration.functions.isEmpty && configuration.function(for: name) == nil
    }

    /// What was probably meant, where a project has functions and none of them runs jobs of this name.
    package func nearFunction(to name: String) -> String? {
        guard configuration.function(for: name) == nil else { return nil }
        let names = configuration.functions.map(\.pattern.description).filter { !$0.hasSuffix("*") }
        return NearMiss.find(name, among: names)
    }
}
