// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Something that is wrong with a configuration file, with the place where.
package struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    package enum Severity: String, Sendable, Hashable {
        case error, warning
    }

    package var severity: Severity
    /// The file's path, or the name of the flag or environment variable.
    package var place: String
    /// Counted from 1; `nil` if the whole file is meant.
    package var line: Int?
    package var message: String
    /// The function that it concerns: other commands than those that run functions may go on.
    package var function: String?

    /// Creates a problem.
    package init(
        _ severity: Severity = .error, place: String, line: Int? = nil, message: String, function: String? = nil
    ) {
        self.severity = severity
        self.place = place
        self.line = line
        self.message = message
        self.function = function
    }

    /// Such as `stint.yaml:12: error: unknown key 'quue'. Did you mean 'queue'?`.
    package var description: String {
        "\(place)\(line.map { ":\($0)" } ?? ""): \(severity.rawValue): \(message)"
    }
}

/// Why a configuration cannot be used: every problem that was found, not only the first.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// At least one, sorted by line.
    package let problems: [ConfigurationProblem]

    package init(_ problems: [ConfigurationProblem]) { self.problems = problems }

    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
