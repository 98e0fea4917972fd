// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Yams

/// Reads YAML nodes as values and gathers what is wrong with them, each with its line.
struct NodeReader {
    /// Keys of a mapping that this release knows, and those that a later one will.
    struct Keys {
        var known: [String]
        var later: [String] = []
        /// Hints for keys that are refused, by key.
        var hints: [String: String] = [:]
    }

    struct Entry {
        var key: String
        var value: Node
        var line: Int
    }

    let place: String
    let environment: [String: String]
    private(set) var problems: [ConfigurationProblem] = []
    /// The function that is being read.
    var function: String?

    init(place: String, environment: [String: String]) {
        self.place = place
        self.environment = environment
    }

    mutating func report(
        _ message: String, line: Int?, severity: ConfigurationProblem.Severity = .error
    ) {
        problems.append(
            ConfigurationProblem(severity, place: place, line: line, message: message, function: function))
    }

    /// The entries of a mapping with any keys.
    mutating func entries(_ node: Node, _ name: String) -> [Entry] {
        if node.isAbsent { return [] }
        guard let mapping = node.mapping else {
            report("'\(name)' must be a mapping (key: value)", line: node.line)
            return []
        }
        var entries: [Entry] = []
        for (key, value) in mapping {
            guard let text = key.scalar?.string else {
                report("a key of '\(name)' must be a text", line: key.line ?? node.line)
                continue
            }
            entries.append(Entry(key: text, value: value, line: key.line ?? node.line ?? 1))
        }
        return entries
    }

    /// The entries of a mapping whose keys are known; others are reported and left out.
    mutating func entries(_ node: Node, _ name: String, keys: Keys) -> [Entry] {
        let place = name.isEmpty ? "" : " in \(name)"
        return entries(node, name.isEmpty ? "the file" : name).filter { entry in
            if keys.known.contains(entry.key) { return true }
            let hint = keys.hints[entry.key]
            if keys.later.contains(entry.key) {
                report("'\(entry.key)'\(place) is not supported yet\(hint.map { ": \($0)" } ?? "")", line: entry.line)
            } else {
                let near = hint.map { ". \($0)" } ?? NearMiss.hint(entry.key, among: keys.known)
                report("unknown key '\(entry.key)'\(place)\(near)", line: entry.line)
            }
            return false
        }
    }

    /// A text as it is written, without interpolation.
    mutating func literal(_ entry: Entry) -> String? {
        guard let scalar = entry.value.scalar else {
            report("'\(entry.key)' must be a text or a number", line: entry.value.line ?? entry.line)
            return nil
        }
        return scalar.string
    }

    /// A text with `${VAR}` replaced; `nil` if it is absent or wrong.
    mutating func text(_ entry: Entry, missingIsAbsent: Bool = false) -> String? {
        guard !entry.value.isAbsent, let literal = literal(entry) else { return nil }
        return interpolated(literal, line: entry.value.line ?? entry.line, missingIsAbsent: missingIsAbsent)
    }

    mutating func interpolated(_ text: String, line: Int, missingIsAbsent: Bool = false) -> String? {
        do {
            return try Interpolation.apply(text, environment: environment)
        } catch {
            if !missingIsAbsent { report("the environment variable \(error.name) is not set", line: line) }
            return nil
        }
    }

    /// A text that `parse` understands; its failure is reported.
    mutating func value<T>(_ entry: Entry, _ parse: (String) throws(ParseFailure) -> T) -> T? {
        guard let text = text(entry) else { return nil }
        do {
            return try parse(text)
        } catch {
            report("'\(entry.key)': \(error)", line: entry.value.line ?? entry.line)
            return nil
        }
    }

    mutating func integer(_ entry: Entry, _ range: ClosedRange<Int>) -> Int? {
        value(entry) { text throws(ParseFailure) in
            guard let number = Int(text), range.contains(number) else {
                throw ParseFailure("'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}

extension Node {
    var line: Int? { mark?.line }

    /// Whether nothing, `~` or `null` is written.
    var isAbsent: Bool {
        guard let scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }
}
