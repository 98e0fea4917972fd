// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Finds the handler of a job's name: an exact name before a prefix, a longer prefix before a shorter one.
struct HandlerTable: Sendable {
    private let exact: [String: Handle]
    private let prefixes: [(prefix: String, handle: Handle)]

    /// Sorts the handlers.
    ///
    /// - Throws: ``StintError`` with code `invalidInput` if a name is handled twice or is empty.
    init(_ handlers: [Handle]) throws(StintError) {
        var exact: [String: Handle] = [:]
        var prefixes: [String: Handle] = [:]
        for handle in handlers {
            let old: Handle?
            if handle.name.hasSuffix("*") {
                old = prefixes.updateValue(handle, forKey: String(handle.name.dropLast()))
            } else {
                old = exact.updateValue(handle, forKey: handle.name)
            }
            guard old == nil else { throw StintError(.invalidInput, "Two handlers have the name '\(handle.name)'.") }
            guard !handle.name.isEmpty else { throw StintError(.invalidInput, "A handler needs a name.") }
            guard handle.limit ?? 1 > 0 else {
                throw StintError(.invalidInput, "The limit of handler '\(handle.name)' must be at least 1.")
            }
        }
        self.exact = exact
        self.prefixes = prefixes.map { ($0.key, $0.value) }.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    subscript(name: String) -> Handle? {
        exact[name] ?? prefixes.first { name.hasPrefix($0.prefix) }?.handle
    }
}
