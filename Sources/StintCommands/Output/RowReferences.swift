// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Remembers the rows of the last list and the last enqueued job of a terminal, so that `%2` and `@last` name them.
///
/// A convenience only: where the file cannot be written nothing is remembered and nothing fails.
package struct RowReferences: Sendable {
    /// More rows than this are not remembered.
    package static let maximumRows = 1_000

    private let path: String
    /// What must be there: a home folder that does not exist, as that of many service users, is never made.
    private let home: String

    /// The references of the current invocation's terminal.
    package static var current: RowReferences { RowReferences(Invocation.current) }

    /// Uses `$XDG_STATE_HOME/stint/last-<tty>`.
    package init(_ invocation: Invocation) {
        let named = invocation.environment["HOME"] ?? "/nonexistent"
        let state = invocation.environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        home = state == nil ? named : "/"
        path = (state ?? named + "/.local/state") + "/stint/last-" + invocation.terminalName
    }

    /// Makes `%1`, `%2`… stand for these ids.
    package func remember(rows: [String]) {
        store(last: read().last, rows: rows)
    }

    /// Makes `@last` stand for this id.
    package func remember(last: String) {
        store(last: last, rows: read().rows)
    }

    /// Returns the id that the user means: `@last`, `%2`, the beginning of a remembered id, or the text itself.
    ///
    /// - Throws: A failure with status 3 if the reference stands for nothing, with status 64 if for several jobs.
    package func resolve(_ text: String) throws -> String {
        let (last, rows) = read()
        if text == "@last" {
            if let last { return last }
            throw CommandFailure(
                .notFound, "@last stands for nothing yet: no job was enqueued from this terminal",
                hints: [.init("List jobs:", "stint job ls")])
        }
        if text.hasPrefix("%") {
            guard let number = Int(text.dropFirst()), number > 0 else {
                throw CommandFailure.usage("'\(text)' is no row; write %1 for the first row of the last list")
            }
            if number <= rows.count { return rows[number - 1] }
            let known =
                rows.isEmpty
                ? "no list was printed here" : "the last list had \(rows.count) row\(rows.count == 1 ? "" : "s")"
            throw CommandFailure(
                .notFound, "there is no row \(text): \(known)", hints: [.init("List jobs:", "stint job ls")])
        }
        // Tables show the beginning of an id: what was copied from there is found again.
        if text.count >= 8, text.count < 26 {
            let matches = Set((rows + (last.map { [$0] } ?? [])).filter { $0.hasPrefix(text) }).sorted()
            if matches.count == 1 { return matches[0] }
            // An id of one's own may be the beginning of others; one that Stint made never is.
            if matches.count > 1, matches.allSatisfy({ $0.count == 26 }) {
                throw CommandFailure.usage(
                    "'\(text)' is the beginning of \(matches.count) ids of the last list",
                    hints: [.init("Whole ones:", matches.prefix(5).joined(separator: " "))])
            }
        }
        return text
    }

    private func read() -> (last: String?, rows: [String]) {
        guard let data = FileManager.default.contents(atPath: path) else { return (nil, []) }
        var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard let first = lines.first else { return (nil, []) }
        return (first.isEmpty ? nil : first, Array(lines.dropFirst()))
    }

    /// Written beside and renamed, so that two commands of one terminal never mix their lines.
    ///
    /// Not forced to disk, for which an enqueue would wait longer than for Redis: after a crash of the machine nobody
    /// misses it.
    private func store(last: String?, rows: [String]) {
        let text = ([last ?? ""] + rows).joined(separator: "\n") + "\n"
        let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
        // Foundation's writing forces to disk in any case.
        func create() -> CInt { open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
        var descriptor = create()
        if descriptor < 0, errno == ENOENT, FileManager.default.fileExists(atPath: home) {
            try? FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            descriptor = create()
        }
        guard descriptor >= 0 else { return }
        let bytes = Array(text.utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count
        if close(descriptor) != 0 || !isWritten || rename(draft, path) != 0 { _ = unlink(draft) }
    }
}
