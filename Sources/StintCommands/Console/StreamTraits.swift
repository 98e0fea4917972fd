// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintTerminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What one of stdout and stderr can show.
///
/// The two are judged separately: one may be a pipe.
package struct StreamTraits: Sendable, Hashable {
    /// What the system says of a descriptor.
    package struct Device: Sendable, Hashable {
        /// Whether it is a terminal.
        package var isTerminal: Bool
        /// Columns and rows of the terminal, where known.
        package var columns: Int?
        /// Rows of the terminal, where known.
        package var rows: Int?

        /// Creates a description.
        package init(isTerminal: Bool, columns: Int? = nil, rows: Int? = nil) {
            self.isTerminal = isTerminal
            self.columns = columns
            self.rows = rows
        }

        /// Asks the system.
        package init(descriptor: Int32) {
            self.init(isTerminal: isatty(descriptor) == 1)
            var size = winsize()
            if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
                columns = Int(size.ws_col)
                rows = Int(size.ws_row)
            }
        }
    }

    /// Whether people look at it: aligned tables, relative times.
    package var isTerminal: Bool
    /// Where lines are cut; `nil` for pipes and files.
    package var columns: Int?
    /// How many lines fit; `nil` where unknown.
    package var rows: Int?
    /// Whether the cursor can be moved, so that a line can be painted again.
    package var canRepaint: Bool
    /// Colours and symbols.
    package var style: Style

    /// Decides by the device, the environment and the flags, in the order that `stint help environment` gives.
    package init(
        device: Device, environment: [String: String], noColor: Bool = false, ascii: Bool = false
    ) {
        let forced = environment["STINT_FORCE_TTY"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        isTerminal = device.isTerminal || forced != nil
        columns = forced ?? (device.isTerminal ? device.columns ?? 80 : nil)
        rows = device.rows
        let isDumb = environment["TERM"] == "dumb"
        canRepaint = isTerminal && !isDumb
        style = Style(
            usesColor: Self.usesColor(isTerminal: canRepaint, environment: environment, noColor: noColor),
            usesUnicode: !ascii && Self.hasUnicodeLocale(environment))
    }

    private static func usesColor(isTerminal: Bool, environment: [String: String], noColor: Bool) -> Bool {
        if noColor || !(environment["NO_COLOR"] ?? "").isEmpty { return false }
        for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
            if let value = environment[name], !value.isEmpty, value != "0" { return true }
        }
        return isTerminal
    }

    /// A locale that is named and has no UTF-8 means ASCII; none at all is usual in containers and says nothing.
    private static func hasUnicodeLocale(_ environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        guard let locale = names.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) else { return true }
        let name = locale.lowercased()
        return name.contains("utf-8") || name.contains("utf8")
    }
}
