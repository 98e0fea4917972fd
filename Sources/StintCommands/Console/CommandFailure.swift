// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintTerminal

/// Why a command ends without having done its work: what failed, where, why, and what to type now.
package struct CommandFailure: Error, Sendable {
    /// A suggestion: a question or purpose, and the command that answers it.
    package struct Hint: Sendable, Hashable {
        /// What the command is for.
        package var purpose: String
        /// What to type.
        package var command: String

        /// Creates a hint.
        package init(_ purpose: String, _ command: String) {
            self.purpose = purpose
            self.command = command
        }
    }

    /// The exit code.
    package var status: CommandStatus
    /// What failed, where and why, in one sentence; empty where everything was said already.
    package var summary: String
    /// Lines that show it, such as the input with a caret.
    package var details: [String]
    /// What to do about it; the last one is the command to type.
    package var hints: [Hint]

    /// Creates a failure.
    package init(_ status: CommandStatus, _ summary: String, details: [String] = [], hints: [Hint] = []) {
        self.status = status
        self.summary = summary
        self.details = details
        self.hints = hints
    }

    /// A failure that has been told already: only the exit code remains.
    package static func silent(_ status: CommandStatus) -> Self { Self(status, "") }

    /// The rest of it for a JSON line.
    package var facts: [JSONValue.Member] {
        [
            .init("exit_code", .integer(Int64(status.rawValue))),
            .init("details", .array(details.map { .string($0) })),
            .init("hints", .array(hints.map { .string($0.purpose + " " + $0.command) })),
        ]
    }

    /// What is printed on stderr, safe for a terminal.
    package func lines(style: Style) -> [String] {
        guard !summary.isEmpty else { return [] }
        let width = (hints.map { TextWidth.columns(of: $0.purpose) }.max() ?? 0) + 3
        return [style.paint("error:", .red) + " " + Sanitizer.visible(summary)]
            + details.map { "  " + Sanitizer.visible($0) }
            + hints.map {
                "  " + TextWidth.pad(Sanitizer.visible($0.purpose), to: width) + Sanitizer.visible($0.command)
            }
    }
}

extension CommandFailure {
    /// A value on the command line that breaks a rule.
    package static func usage(_ summary: String, hints: [Hint] = []) -> Self { Self(.usage, summary, hints: hints) }

    /// Bytes that should have been JSON, shown with a caret under the place.
    package static func invalidJSON(
        _ subject: String, bytes: [UInt8], error: JSONSyntaxError, hints: [Hint] = []
    ) -> Self {
        let before = bytes.prefix(error.offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let lineEnd = bytes[error.offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let number = before.count { $0 == UInt8(ascii: "\n") } + 1
        // Long lines are shown around the place only.
        let start = max(lineStart, error.offset - 60)
        let lead = Sanitizer.visible(bytes: bytes[start..<error.offset])
        let rest = Sanitizer.visible(bytes: bytes[error.offset..<min(lineEnd, error.offset + 20)])
        let place = (number > 1 ? "line \(number), " : "") + "column \(error.offset - lineStart + 1)"
        return Self(
            .usage, "\(subject) is not valid JSON: \(error.reason) at \(place)",
            details: [lead + rest, String(repeating: " ", count: TextWidth.columns(of: lead)) + "^"], hints: hints)
    }
}
